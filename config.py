"""Settings: read once from the environment, all faults named at once, then frozen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent


class ConfigError(Exception):
    """Say every setting that cannot be used, and how to mend it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("Focal cannot start with these settings:\n" + "\n".join(f"  - {f}" for f in faults))


@dataclass(frozen=True)
class Config:
    """Everything that differs between one installation and another."""

    database_url: str
    secret_key: str
    public_url: str | None
    instance: Path
    production: bool = False
    demo: bool = False
    https: bool = False
    old_secret_keys: tuple[str, ...] = ()
    backups: Path | None = None
    proxy_hops: int = 0
    metrics: tuple[str, int] | None = None
    owners_url: str | None = None

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Return the key that signs, then the keys it replaced: those still prove what they signed."""
        return (self.secret_key, *self.old_secret_keys)

    @property
    def backup_folder(self) -> Path:
        """Return where backups are kept when nobody says where."""
        return self.backups or self.instance / "backups"

    @property
    def owner_url(self) -> str:
        """Return where whoever owns the tables signs in: for migrations, backups and restores alone."""
        return self.owners_url or self.database_url

    @property
    def on_sqlite(self) -> bool:
        """Tell whether the database is one SQLite file."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Config:
        """Read the settings, or raise one ConfigError that names every fault.

        ``docs/operating.md`` says what each is for.
        """
        faults: list[str] = []
        instance = Path(env.get("FOCAL_INSTANCE") or ROOT / "instance")
        production = _one_of(env, "FOCAL_ENV", ("development", "production"), faults) == "production"
        demo = _one_of(env, "FOCAL_DEMO", ("0", "1"), faults) == "1"
        database_url = _database_url(env, instance, faults)
        owners_url = _database_url(env, instance, faults, "DATABASE_OWNER_URL")
        public_url = _public_url(env, faults)
        key = env.get("FOCAL_SECRET_KEY", "")
        old_keys = tuple(env.get("FOCAL_OLD_SECRET_KEYS", "").split())
        faults += _key_faults(key, old_keys)
        if production:
            faults += _production_faults(env, demo=demo, public_url=public_url, key=key)
        hops, metrics = _proxy_hops(env, faults), _metrics(env, faults)
        if faults:
            raise ConfigError(faults)
        return cls(
            database_url=database_url,
            owners_url=owners_url if env.get("DATABASE_OWNER_URL") else None,
            secret_key=key or _kept_secret(instance),
            public_url=public_url,
            instance=instance,
            production=production,
            demo=demo,
            https=bool(public_url and public_url.startswith("https://")),
            old_secret_keys=old_keys,
            backups=Path(env["FOCAL_BACKUPS"]) if env.get("FOCAL_BACKUPS") else None,
            proxy_hops=hops,
            metrics=metrics,
        )


def _key_faults(key: str, old_keys: tuple[str, ...]) -> list[str]:
    faults = []
    if key and len(key) < 32:
        faults.append(f"FOCAL_SECRET_KEY has {len(key)} characters; it needs at least 32 random ones.")
    if any(len(one) < 32 for one in old_keys):
        faults.append("FOCAL_OLD_SECRET_KEYS: a key is too short; put whole keys, with spaces between.")
    return faults


def _production_faults(env: Mapping[str, str], *, demo: bool, public_url: str | None, key: str) -> list[str]:
    faults = []
    if demo:
        faults.append("FOCAL_DEMO=1 shows sign-ins to everybody: never together with FOCAL_ENV=production.")
    if not (public_url or "").startswith("https://"):
        faults.append(
            "FOCAL_ENV=production needs FOCAL_PUBLIC_URL with https://,"
            " so that no answer travels in the open."
        )
    if not key:
        faults.append(
            "FOCAL_ENV=production needs FOCAL_SECRET_KEY:"
            " 32 or more random characters, kept outside the database."
        )
    elif len(set(key)) < 12:
        faults.append(
            "FOCAL_SECRET_KEY can be guessed: it has few different characters."
            " This makes a good one: python -m survey_app.keys new"
        )
    if env.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
        faults.append("FLASK_DEBUG shows the inside of Focal to strangers: never in production.")
    return faults


def _proxy_hops(env: Mapping[str, str], faults: list[str]) -> int:
    given = env.get("FOCAL_PROXY_HOPS") or "0"
    if not given.isdecimal() or int(given) > 5:
        faults.append(f"FOCAL_PROXY_HOPS is {given!r}; it is the number of proxies in front, 0 to 5.")
        return 0
    return int(given)


def _metrics(env: Mapping[str, str], faults: list[str]) -> tuple[str, int] | None:
    given = env.get("FOCAL_METRICS") or ""
    if not given:
        return None
    host, _, port = given.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        faults.append(
            f"FOCAL_METRICS is {given!r}; it can be a port, or like 127.0.0.1:9464."
        )
        return None
    return host or "127.0.0.1", int(port)


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...], faults: list[str]) -> str:
    value = env.get(name) or allowed[0]
    if value not in allowed:
        faults.append(f"{name} is {value!r}; it can be {' or '.join(allowed)}.")
    return value


def _database_url(
    env: Mapping[str, str], instance: Path, faults: list[str], name: str = "DATABASE_URL"
) -> str:
    url = env.get(name) or f"sqlite:///{instance / 'focal.sqlite'}"
    if url.startswith("postgres://"):
        url = "postgresql" + url.removeprefix("postgres")
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg" + url.removeprefix("postgresql")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        faults.append(f"{name} must begin with sqlite:/// or postgresql://.")
    return url


def _public_url(env: Mapping[str, str], faults: list[str]) -> str | None:
    url = (env.get("FOCAL_PUBLIC_URL") or "").rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        faults.append(
            f"FOCAL_PUBLIC_URL is {url!r}; it must look like https://focal.example.org, with no path."
        )
    return url


def _kept_secret(instance: Path) -> str:
    """Return this installation's own random key, made at the first start and kept beside the database."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "secret_key"
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
