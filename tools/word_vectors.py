"""Writes corpus/words/en.npz: what common English words mean, in numbers. Training then knows words that no text holds.

usage: python -m tools.word_vectors FOLDER

FOLDER holds the files of the model all-MiniLM-L6-v2 as published (config.json, model.safetensors, tokenizer.json).
`pip install torch transformers` first: they are needed here alone, once, and by nothing else in the house.
"""

import re
import sys
from typing import Final

import numpy as np

from huitong.review.model import in_8_bits, save_arrays
from huitong.review.model.network import Floats
from tools.learning import rows
from tools.lessons import WORDS

WIDTH: Final = 64  # of the model's 384 numbers a word the directions in which words differ most
BATCH: Final = 512
WORD: Final = re.compile(r"[a-z][a-z'à-ÿ]+")


def main() -> None:
    import torch  # noqa: PLC0415 - not needed by the rest of the house
    from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415

    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1], local_files_only=True)
    model = AutoModel.from_pretrained(sys.argv[1], local_files_only=True).eval()
    texts = (row["text"].lower() for row in rows("en", without=("last",)))
    known = {*tokenizer.get_vocab(), *(word for text in texts for word in WORD.findall(text) if "'" in word)}
    words = sorted(word for word in known if WORD.fullmatch(word))
    means = []
    with torch.no_grad():
        for begin in range(0, len(words), BATCH):
            given = tokenizer(words[begin : begin + BATCH], padding=True, return_tensors="pt")
            mask = given["attention_mask"][:, :, None]
            means.append(((model(**given).last_hidden_state * mask).sum(1) / mask.sum(1)).numpy())
    vectors, steps = in_8_bits(_narrowed(np.vstack(means)))
    WORDS.parent.mkdir(exist_ok=True)
    save_arrays(WORDS, {"words": np.array(words), "vectors": vectors, "steps": steps})
    print(f"{len(words)} words, {WORDS.stat().st_size} bytes")


def _narrowed(vectors: Floats) -> Floats:
    """The vectors around nought, turned so that WIDTH numbers keep most of them, one in size on average."""
    around = vectors - vectors.mean(axis=0)
    _, turned = np.linalg.eigh(around.T @ around)
    narrow = around @ turned[:, -WIDTH:]
    return (narrow / narrow.std(axis=0).mean()).astype(np.float32)


if __name__ == "__main__":
    main()
