"""Stores files in a bucket, at Amazon S3 or another store with the same protocol.

The key of an object is its file's place in a folder, PREFIX/ab/abcd…: it has nothing that anybody typed, and it cannot
be guessed without the file. An administrator can copy a folder into a bucket, and back. Nobody is given an address of
an object: files are only read through this program.

The library that is used, obstore, is not in every installation: it is loaded with the first request.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.files.named_files import FileTable, is_digest, key_of
from bot.files.stored_files import UNNAMED_FOR, FileRefused, Files, FilesAway, OpenFile, digest_of

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutResult, ReadableFile
    from obstore.store import S3Store

_CONNECT, _READ, _WHOLE = timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=60)
"""How long a connection may take to open, the server may be silent, and a whole request may take."""
_RETRY_WITHIN = timedelta(seconds=8)
"""The time after its first try within which a request that failed is tried again, once."""
_RESPITE = 3.0
"""The seconds without any request after the bucket failed, so that nobody else waits for an answer in vain."""
_RENEWED_AFTER = UNNAMED_FOR / 2
"""The age of an object from which on it is sent again when its content is stored again, so that it counts as new."""
_LARGEST = 500_000_000
"""The most bytes of an object that are read at once, because the library ends the program if memory is short."""
_PIECE = 1_000_000
"""The bytes of a file that are fetched at a time for a reader."""
_AGES = tuple(threading.Lock() for _first_byte in range(256))
"""Locks, one for all digests that begin with the same byte: while one thread finds a file old and deletes it, no other
thread finds the same file, or stores it.
"""
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_ROLE = re.compile(r"/latest/(api|meta-data)/")
"""Where a machine at Amazon is asked for its role, if no credentials are given; others have no such place."""
_PANIC = "PanicException"
"""The error by which the library gives up, for instance if it was given an access key that it cannot send.

Its class cannot be imported, and it is no Exception: uncaught it would end more than the request.
"""
_STATUS = re.compile(r"status code: (\d{3})")
_OVERLOADED = (408, 429)
"""The statuses below 500 with which a store says that it gets too many requests, whatever they ask for."""
_UNKNOWN_CALLER = 401
_OF_ALL_OBJECTS = frozenset(
    {
        "AccountProblem",
        "AuthorizationHeaderMalformed",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidSecurity",
        "InvalidToken",
        "NoSuchBucket",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    }
)
"""The words with which a store refuses the credentials or the bucket, so that it would refuse all objects."""


class Bucket(Files):
    """The files in a bucket, each an object that is named by the digest of its content.

    If the bucket does not answer for about ten seconds, or refuses all requests, methods raise FilesAway; for a few
    seconds after that, they raise it at once, without a request. If the bucket refuses a request about one object,
    methods raise FileRefused, and other objects can still be used. Several threads and several programs may use the
    same bucket.
    """

    def __init__(
        self,
        address: str,
        *,
        endpoint: str = "",
        region: str = "",
        access_key: str = "",
        secret_key: str = "",
        tables: Sequence[FileTable] = (),
    ) -> None:
        """`address` is «s3://bucket/prefix».

        `endpoint` is the address of the server, '' for Amazon's. Without `access_key` and `secret_key` the library
        looks for credentials where Amazon's own programs do: in the environment, or in the role of the machine.
        `tables` are all tables that name files; they are needed only for `in_use`.
        """
        super().__init__(tables)
        self._address = address
        self._options = {
            "endpoint": endpoint,
            "region": region,
            "access_key_id": access_key,
            "secret_access_key": secret_key,
        }
        self._opened: S3Store | None = None
        self._away_until = 0.0
        self._why = ""

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs to make this object; connections are left out, because it opens its own."""
        return {**self.__dict__, "_opened": None, "_away_until": 0.0}

    @property
    def place(self) -> str:
        """Return the address of the bucket, with the prefix of the objects, for messages to an administrator."""
        return self._address

    def keep(self, content: bytes) -> str:
        """Store bytes as an object, whole or not at all, and return their digest (SHA-256).

        Raises FilesAway if the bucket cannot be used.
        """
        digest = digest_of(content)
        key = key_of(digest)
        with _age_of(digest), self._asking() as bucket:
            there = _find(bucket, key)
            if there is None or there["size"] != len(content) or self._age(there) > _RENEWED_AFTER:
                self._put(bucket, key, content)
        return digest

    def read(self, digest: str) -> bytes:
        """Return the content of the file with a digest (SHA-256 of its content).

        Raises FileNotFoundError if there is no such file, and FilesAway if the bucket cannot be used.
        """
        import obstore

        key = key_of(digest)
        with self._asking() as bucket:
            there = obstore.get(bucket, key)
            if there.meta["size"] > _LARGEST:
                raise FileRefused("holds an object that is larger than any file of ours", self.place)
            return there.bytes().to_bytes()

    def open(self, digest: str) -> tuple[OpenFile, int]:
        """Open the file with a digest (SHA-256 of its content), and return it with its size in bytes.

        The file is fetched piece by piece while it is read. Raises FileNotFoundError if there is no such file, and
        FilesAway if the bucket cannot be used.
        """
        import obstore

        key = key_of(digest)
        with self._asking() as bucket:
            file = obstore.open_reader(bucket, key, buffer_size=_PIECE)
        return _Object(self, file), file.size

    def holds(self, digest: str) -> bool:
        """Return whether there is a file with a digest. Raises FilesAway if the bucket cannot be used."""
        key = key_of(digest)
        with self._asking() as bucket:
            return _find(bucket, key) is not None

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the digest and the size in bytes of each file, in no particular order.

        Raises FilesAway if the bucket cannot be used.
        """
        for digest, found in self._listed():
            yield digest, found["size"]

    def untouched(self) -> set[str]:
        """Return the digests of the files whose content was last stored more than an hour ago.

        Raises FilesAway if the bucket cannot be used.
        """
        return {digest for digest, found in self._listed() if self._age(found) > UNNAMED_FOR}

    def drop(self, digest: str) -> None:
        """Delete the file with a digest, if it exists. Raises FilesAway if the bucket cannot be used."""
        self._delete(key_of(digest))

    def drop_untouched(self, digest: str) -> bool:
        """Delete a file whose content was last stored more than an hour ago. Returns whether the file was deleted.

        The age is read in one request, and the file deleted in another: if another program stores the same content
        between them, the file is deleted nevertheless. Raises FilesAway if the bucket cannot be used.
        """
        key = key_of(digest)
        with _age_of(digest):
            with self._asking() as bucket:
                there = _find(bucket, key)
            if there is None or self._age(there) <= UNNAMED_FOR:
                return False
            self._delete(key)
            return True

    def reach(self) -> None:
        """Check that the bucket answers, by asking for a list of one object. Raises FilesAway if it does not answer."""
        import obstore
        from obstore.exceptions import InvalidPathError

        with self._asking() as bucket, suppress(InvalidPathError):  # this error means that the bucket answered
            next(iter(obstore.list(bucket, chunk_size=1)), None)

    def try_out(self) -> Sequence[str]:
        """Test the bucket: store an object, read it and delete it. Returns warnings for an administrator.

        Raises FilesAway if a step fails.
        """
        import obstore

        key, content = f"check-{secrets.token_hex(8)}", secrets.token_bytes(16)
        self.reach()
        with self._asking() as bucket:
            versions = self._put(bucket, key, content)["version"] is not None
            whole = obstore.get(bucket, key).bytes().to_bytes() == content
        self._delete(key)
        if not whole:
            raise FilesAway("gives back something else than was stored", self.place)
        remarks = []
        if versions:
            remarks.append("it keeps versions: files that are deleted, with a person too, stay in it as old versions")
        if not self._is_private_way():
            remarks.append("it is reached without encryption: others on the way can read the files")
        return remarks

    # --- asking

    @contextmanager
    def _asking(self) -> Iterator[S3Store]:
        """Yield what asks the bucket. Errors become FilesAway, but for FileNotFoundError for a missing object."""
        from obstore.exceptions import BaseError

        if time.monotonic() < self._away_until:
            raise FilesAway(self._why, self.place)
        try:
            yield self._bucket()
        except FilesAway:
            raise
        except FileNotFoundError as error:
            if _code(error) != "NoSuchBucket":
                raise FileNotFoundError("there is no such object") from None
            raise self._away(error) from None
        except (BaseError, OSError, ValueError) as error:
            raise self._away(error) from None
        except BaseException as error:
            if type(error).__name__ != _PANIC:
                raise
            raise self._away(error) from None

    def _away(self, error: BaseException) -> FilesAway:
        """Return the error to raise for one of the library; remember it, unless it is about one object only.

        The library's own text is not in it: it has what the store answered, the access key among it.
        """
        why = _reason(error)
        if _is_about_one_object(error):
            return FileRefused(why, self.place)
        self._why, self._away_until = why, time.monotonic() + _RESPITE
        return FilesAway(why, self.place)

    def _bucket(self) -> S3Store:
        if self._opened is None:
            from obstore.store import S3Store

            name, _slash, prefix = self._address.removeprefix("s3://").partition("/")
            given = {key: value for key, value in self._options.items() if value}
            self._opened = S3Store(
                name,
                prefix=prefix.strip("/") or None,
                disable_bulk_delete=True,  # not every store supports it
                client_options={
                    "allow_http": self._options["endpoint"].startswith("http://"),
                    "connect_timeout": _CONNECT,
                    "read_timeout": _READ,
                    "timeout": _WHOLE,
                },
                retry_config={"max_retries": 1, "retry_timeout": _RETRY_WITHIN},
                **given,  # type: ignore[arg-type]
            )
        return self._opened

    def _is_private_way(self) -> bool:
        """Return whether what is sent to the bucket is encrypted, or stays on this machine."""
        endpoint = urlsplit(self._options["endpoint"])
        return endpoint.scheme != "http" or endpoint.hostname in ("127.0.0.1", "::1", "localhost")

    def _age(self, found: ObjectMeta) -> timedelta:
        """Return how long ago an object was stored last."""
        return datetime.now(UTC) - found["last_modified"]

    def _put(self, bucket: S3Store, key: str, content: bytes) -> PutResult:
        """Store an object in one request, so that it is there whole or not at all."""
        import obstore

        return obstore.put(bucket, key, content, use_multipart=False)

    def _delete(self, key: str) -> None:
        import obstore

        with self._asking() as bucket:
            try:
                obstore.delete(bucket, key)
            except FileNotFoundError as error:
                if _code(error):  # the bucket itself is missing
                    raise

    def _listed(self) -> Iterator[tuple[str, ObjectMeta]]:
        """Yield each file by its digest, a page of the bucket's list in memory at a time."""
        import obstore
        from obstore.exceptions import InvalidPathError

        listed: set[str] = set()
        with self._asking() as bucket:
            try:
                yield from _ours(obstore.list(bucket), listed)
            except InvalidPathError:
                # Somebody else's object has a name that the library takes for no path, such as «a//b», and it lists
                # nothing beyond. Where files of ours can be nobody has any.
                for first_byte in range(256):
                    yield from _ours(obstore.list(bucket, f"{first_byte:02x}"), listed)


def _ours(pages: Iterable[Sequence[ObjectMeta]], listed: set[str]) -> Iterator[tuple[str, ObjectMeta]]:
    """Yield the files of ours among objects by their digests, without those that are `listed`, and add them there."""
    for page in pages:
        for found in page:
            digest = found["path"].rpartition("/")[2]
            if is_digest(digest) and found["path"] == key_of(digest) and digest not in listed:
                listed.add(digest)
                yield digest, found


class _Object:
    """An object that is open for reading."""

    def __init__(self, bucket: Bucket, file: ReadableFile) -> None:
        self._bucket = bucket
        self._file = file

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes of the file, fewer at its end. Raises FilesAway if the bucket cannot be used."""
        with self._bucket._asking():
            return self._file.read(size).to_bytes()

    def close(self) -> None:
        """Forget the bytes of the file that were fetched."""
        self._file.close()


def _age_of(digest: str) -> threading.Lock:
    """Return the lock that is held while the age of a file matters."""
    return _AGES[int(digest[:2], 16)]


def _find(bucket: S3Store, key: str) -> ObjectMeta | None:
    """Return what a bucket tells of an object; None for a missing one."""
    import obstore

    try:
        return obstore.head(bucket, key)
    except FileNotFoundError:
        return None


def _code(error: BaseException) -> str:
    """Return the word by which a store says what is wrong, such as «AccessDenied»; '' for none."""
    found = _CODE.search(str(error))
    return found[1] if found else ""


def _is_about_one_object(error: BaseException) -> bool:
    """Return whether a store refused one request and may grant the next: one object may be archived, or withheld."""
    status = _STATUS.search(str(error))
    if status is None or _code(error) in _OF_ALL_OBJECTS:
        return False
    return int(status[1]) < 500 and int(status[1]) not in (_UNKNOWN_CALLER, *_OVERLOADED)


def _reason(error: BaseException) -> str:
    """Return why a bucket cannot be used, in words that hold neither an address nor a credential."""
    if type(error).__name__ == _PANIC:
        return "cannot be asked: the credentials, perhaps, cannot be sent"
    if _ROLE.search(str(error)):
        return "cannot be asked: there are no credentials"
    if code := _code(error):
        return f"refuses: {code}"
    if status := _STATUS.search(str(error)):
        return f"refuses: HTTP {status[1]}"
    if "object with invalid path" in str(error):
        return "holds an object whose name is no path: delete it"
    if "incorrectly configured region" in str(error):
        return "refuses: it is in another region"
    return "does not answer"
