"""Identity: realms (operator, buyer, scanner, public), tokens and keys. Realms never mix.

Every route names one of the realms of `server.identity.realms`.
"""
