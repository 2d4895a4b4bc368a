"""What can be said in center.yaml of the Redis that joins several engines? Where it is, and how long a lease lasts."""

from __future__ import annotations

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from cti.config.address import AddressText
from cti.model.policy import Name
from cti.model.schema import Policy

URL = r"^rediss?://\S{1,400}$"
MEANINGS = {URL: "must be redis://host:6379/0, or rediss:// for TLS; user and password stand before an @"}
LEAST_IDLE_S = 5.0  # a busy machine makes no transaction pause for so long
FileName = Annotated[str, StringConstraints(min_length=1, max_length=300)]
UserName = Annotated[str, StringConstraints(pattern=r"^\S{1,80}$")]


class Joined(Policy):
    """Engines with the same `domain` in the same Redis (or Valkey) are one centre: one owns it, the others stand by."""

    url: Annotated[str, StringConstraints(pattern=URL)] = "redis://127.0.0.1:6379/0"
    password: SecretStr | None = None  # instead of one in the url
    ca_file: FileName | None = None  # whose certificates are believed, PEM; without: those this machine believes
    certificate: FileName | None = None  # ours, and its key (PEM), where it wants one
    key: FileName | None = None
    sentinels: tuple[AddressText, ...] = ()  # then `url` says how to log in, and they say where the primary is
    sentinel_user: UserName | None = None  # theirs, where a password alone is not enough
    sentinel_password: SecretStr | None = None  # theirs, where they want one
    primary: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")] = "mymaster"
    cluster: bool = False  # a Redis Cluster; `url` is one of its nodes
    nodes: tuple[AddressText, ...] = ()  # others of them, for a start while that one is dead
    domain: Name = "center"
    lease_s: Annotated[float, Field(ge=1, le=60)] = 2.0  # an owner who is silent for so long is replaced

    @property
    def is_tls(self) -> bool:
        """Whether TLS is spoken, with sentinels and nodes as well."""
        return self.url.startswith("rediss:")

    @property
    def idle_s(self) -> float:
        """After so long an engine that is silent within a transaction is frozen: its locks are taken from it."""
        return max(LEAST_IDLE_S, 2 * self.lease_s)

    @property
    def claim_s(self) -> float:
        """So long the store may take to know a new owner: a lock is waited for twice as long as its holder may idle."""
        return 2 * self.idle_s + self.lease_s

    @field_validator("url")
    @classmethod
    def _place(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            _ = parts.port  # raises
        except ValueError:
            raise ValueError("its host or port can be none: write for example redis://127.0.0.1:6379/0") from None
        if re.fullmatch(r"/?[0-9]{0,4}", parts.path) is None:
            raise ValueError("its database must be a small number, as in redis://127.0.0.1:6379/0")
        if parts.query or parts.fragment:  # redis-py takes keys of its own there, which would undo what we rely on
            raise ValueError("nothing stands behind its database: passwords and certificates have keys of their own")
        return url

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.cluster and self.sentinels:
            raise ValueError("is a cluster or has sentinels; keep one of them")
        if self.nodes and not self.cluster:
            raise ValueError("nodes are those of a cluster: write cluster: true, or leave them away")
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate has a key: name both, certificate and key")
        if (self.sentinel_password or self.sentinel_user) and not self.sentinels:
            raise ValueError("sentinel_password is the sentinels' own: name them in sentinels, or write password")
        if self.sentinel_user and not self.sentinel_password:
            raise ValueError("a sentinel_user has a sentinel_password: name it in sentinel_password_env")
        if (self.ca_file or self.certificate) and not self.is_tls:
            raise ValueError("certificates are for TLS: write rediss:// in the url, or leave them away")
        return self
