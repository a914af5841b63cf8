"""Hands messages over to a URL of the brand's, each signed and each under an id that makes repeating it harmless."""

import json
from collections.abc import Callable
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import ClassVar
from uuid import UUID

from delivery.integrations.base import Batch, Message, Outcome, Result, Transport, TransportError
from delivery.integrations.webhook import signing
from kernel import clock, egress
from kernel.errors import DomainError

LONGEST_WAIT = timedelta(days=1)
TOO_EARLY, TOO_MANY, GONE, TIMED_OUT, CONFLICT = 425, 429, 410, 408, 409


class Webhook(Transport):
    """config: {"url"}; credentials: {"secret": "whsec_…"} and, while it is being changed, {"former_secret"}."""

    kind: ClassVar[str] = "webhook"
    batch_size: ClassVar[int] = 20
    idempotent: ClassVar[bool] = True

    def prepare(self) -> None:
        """Read the URL and the secrets. Raises TransportError."""
        self._url = str(self.config.get("url", ""))
        used = [self.credentials.get("secret", ""), self.credentials.get("former_secret", "")]
        self._secrets = [secret for secret in used if secret]
        self._session = egress.Session()
        try:
            egress.read_url(self._url)
            if not self._secrets:
                raise signing.BadSecret("there is no secret")
            for secret in self._secrets:
                signing.key_of(secret)
        except (DomainError, signing.BadSecret) as error:
            raise TransportError(str(error), permanent=True) from error

    def close(self) -> None:
        """Hang up."""
        self._session.__exit__(None, None, None)

    def arrived(self, release_id: UUID, number: int) -> frozenset[UUID] | None:
        """A receiver cannot be asked; it knows a repeated message by its id."""
        return None

    def hand_over(self, batch: Batch, *, still: Callable[[UUID], bool] = lambda message_id: True) -> list[Result]:
        """Post one message after the other. After a call without an answer the rest of the batch is not sent."""
        results: list[Result] = []
        for place, message in enumerate(batch.messages):
            if clock.now() >= batch.not_after or not still(message.id):
                results.append(Result(message.id, Outcome.NOT_SENT))
                continue
            result = self._post(batch, message)
            results.append(result)
            if result.outcome in (Outcome.AGAIN, Outcome.GONE):
                # Who does not answer now would only keep the others' withdrawals waiting.
                results += [Result(rest.id, Outcome.NOT_SENT, retry_after=result.retry_after)
                            for rest in batch.messages[place + 1 :]]  # fmt: skip
                break
        return results

    def _post(self, batch: Batch, message: Message) -> Result:
        body = payload(batch, message)
        signed = signing.headers(str(message.id), clock.now(), body, secrets_in_use=self._secrets)
        try:
            answer = self._session.post(self._url, body, {**signed, "Content-Type": "application/json"})
        except egress.EgressRefused as error:
            return Result(message.id, Outcome.REFUSED, str(error)[:300])
        except egress.EgressFailed as error:
            return Result(message.id, Outcome.AGAIN, str(error)[:300], uncertain=error.sent)
        return _result(message.id, answer)


def payload(batch: Batch, message: Message) -> bytes:
    """Return the body: the same bytes for the same message, however often it is handed over."""
    told = {
        "type": "message.cleared",
        "timestamp": message.decided_at.astimezone(UTC).isoformat(),
        "data": {
            "release": str(batch.release_id),
            "campaign": batch.campaign,
            "approved": batch.sha256,
            "channels": list(batch.channels),
            "to": dict(message.address),
            "fields": dict(message.fields),
            "content": dict(message.content),
            "links": dict(message.links),
            "explanation": message.explanation or None,
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _result(message_id: UUID, answer: egress.Answer) -> Result:
    told = f"HTTP {answer.status}"
    if 200 <= answer.status < 300:
        return Result(message_id, Outcome.HANDED_OVER)
    if answer.status == GONE:
        return Result(message_id, Outcome.GONE, told)
    if answer.status >= 500 or answer.status in (TOO_EARLY, TOO_MANY, TIMED_OUT, CONFLICT):
        return Result(message_id, Outcome.AGAIN, told, retry_after=_retry_after(answer))
    return Result(message_id, Outcome.REFUSED, told)


def _retry_after(answer: egress.Answer) -> timedelta | None:
    """Read Retry-After (RFC 9110, section 10.2.3): seconds or a date; at most a day is believed."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit() and len(told) < 10:
        return min(timedelta(seconds=int(told)), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - clock.now(), timedelta()), LONGEST_WAIT)
