"""What orgs returns."""

import msgspec


class Member(msgspec.Struct):
    """One membership, with the permissions that the role has in the database now."""

    org_id: str
    org_name: str
    approval: str
    role: str
    permissions: list[str]
