"""The job as lm-evaluation-harness does it: its client of the OpenAI chat protocol, so many at once, in its own environment.

It records no latency for a request.
"""

import json
import sys
from pathlib import Path

from lm_eval.api.instance import Instance  # type: ignore[import-not-found]
from lm_eval.models.openai_completions import LocalChatCompletion  # type: ignore[import-not-found]

url, calls, at_once, target = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
model = LocalChatCompletion(base_url=f"{url}/chat/completions", model="m", num_concurrent=at_once, max_retries=1)
chats = [model.apply_chat_template([{"role": "user", "content": f"text {number}"}]) for number in range(calls)]
settings = {"until": [], "max_gen_toks": 16}
requests = [Instance("generate_until", {}, (chat, settings), number) for number, chat in enumerate(chats)]
answers = model.generate_until(requests, disable_tqdm=True)
if len(answers) != calls or not all(answers):
    sys.exit(f"lm-eval gave {len(answers)} answers")
Path(target).write_text(json.dumps([]), encoding="utf-8")
