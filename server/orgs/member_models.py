"""Who belongs to an organization, and who is invited to."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.identity.models import Password
from server.kernel.errors import DomainError
from server.orgs.models import ONE_LINE

Role = Literal["owner", "admin", "staff", "scanner", "finance"]
# What is blank or a control character, alike in the expressions of Python and of JSON Schema.
_NO = r"\s\x00-\x1f\x7f-\x9f\ufeff"
Email = Annotated[
    str,
    msgspec.Meta(pattern=rf"^[^@{_NO}]{{1,64}}@[^@{_NO}.]+(\.[^@{_NO}.]+)+$(?!\n)", max_length=254),
]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=ONE_LINE)]

INVITED_DAYS = 7
INVITATIONS_MAX = 100
"""Invitations of one organization that wait for an answer."""


class RoleMatrixRow(msgspec.Struct):
    role: Role
    permissions: list[str]


class RoleMatrix(msgspec.Struct):
    items: list[RoleMatrixRow]


class Responsible(msgspec.Struct):
    """Who is written to, because their role lets them do something about it."""

    user_id: uuid.UUID
    email: str
    name: str
    language: str
    org_name: str


class MemberView(msgspec.Struct):
    user_id: uuid.UUID
    email: str
    name: str
    role: Role
    joined_at: dt.datetime


class MemberList(msgspec.Struct):
    """In the order in which they joined."""

    items: list[MemberView]


class RoleChange(msgspec.Struct, forbid_unknown_fields=True):
    role: Role


class NewInvitation(msgspec.Struct, forbid_unknown_fields=True):
    """Inviting somebody again sends the invitation again, with this role and more time."""

    email: Email
    role: Role


class Invitation(msgspec.Struct):
    """`expires_at`: after this the link in the mail leads nowhere."""

    id: uuid.UUID
    email: str
    role: Role
    invited_by: str
    created_at: dt.datetime
    expires_at: dt.datetime


class InvitationList(msgspec.Struct):
    """Those that wait for an answer, newest first."""

    items: list[Invitation]


class Acceptance(msgspec.Struct, forbid_unknown_fields=True):
    """`token`: of the link in the mail."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Registration(msgspec.Struct, forbid_unknown_fields=True):
    """`token`: of the link in the mail, whose address becomes the account's."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    name: Name
    password: Password


class Joined(msgspec.Struct):
    org_id: str
    user_id: uuid.UUID
    role: Role


class Letter(msgspec.Struct):
    """What the mail of an invitation says. `token`: in its link, and nowhere else."""

    email: str
    org_name: str
    role: Role
    token: str
    expires_at: dt.datetime


class LastOwner(DomainError):
    """An organization keeps one owner at least."""


class MemberExists(DomainError):
    """Whoever has this address belongs to the organization already."""


class InvitationOver(DomainError):
    """The invitation was accepted, taken back, replaced by a newer mail, or is too old."""
