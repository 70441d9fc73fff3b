"""API models that are asked in batches: the same requests as one by one, at the provider's price and pace for batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.candidates.chat_model import ChatModel, admitted, request_settings, total_usage
from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.wire.batch_lines import request_line
from reportgen.candidates.wire.batch_service import BatchService
from reportgen.candidates.wire.replies import Reply
from reportgen.candidates.wire.secrets import OPENAI
from reportgen.domain.records.plan import CandidateSpec
from reportgen.domain.records.response import Attempt, Outcome, Response

KEY_LENGTH = 48
"""Of a content key in a custom id, which has 64 characters at most everywhere."""


class BatchedCandidate(ChatModel):
    """Writes requests and reads what came of them; `asking_batches` takes them to the provider and back."""

    def __init__(self, spec: CandidateSpec, briefing: Briefing) -> None:
        super().__init__(spec, briefing)
        key, self.redactor = admitted(spec, briefing)
        self.service = BatchService(spec.endpoint or OPENAI, key)
        self._request = request_settings(spec, briefing.plan, lean=True)

    async def line(self, question: Question, custom_id: str) -> bytes:
        """Return a question as a line of a batch file. Raises CannotGiveError."""
        return request_line(custom_id, self._request.body(await self.chat(question)))

    def answered(self, question: Question, key: str, reply: Reply, log: Sequence[Attempt]) -> Response:
        """Return the response of a reply; nobody knows how long it took."""
        outcome = Outcome.REFUSED if reply.refused else Outcome.ANSWERED
        response = self._response(question, key, outcome, reply.reason, log)
        return self.redactor.response(replace(response, text=reply.text, model_returned=reply.model))

    def failed(self, question: Question, key: str, outcome: Outcome, log: Sequence[Attempt]) -> Response:
        """Return the response of a question whose last attempt failed."""
        return self.redactor.response(self._response(question, key, outcome, log[-1].reason, log))

    def _response(self, question: Question, key: str, outcome: Outcome, reason: str, log: Sequence[Attempt]) -> Response:
        return Response(
            self.spec.name,
            question.id,
            key,
            outcome,
            reason=reason,
            usage=total_usage(log),
            attempts=len(log),
            log=tuple(log),
        )

    async def close(self) -> None:
        """Give connections back."""
        self.documents.close()
        await self.service.close()


def custom_id(key: str, attempt: int) -> str:
    """Return what a request is known by at its provider: its content key and which attempt (from 1) it is."""
    return f"{key[:KEY_LENGTH]}-{attempt}"
