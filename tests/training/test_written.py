"""Questions that nothing answers teach beside those of the same passage, and what was written for it is sound."""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file

from evals.corpora import open_corpus
from evals.datasets import Dataset, open_dataset
from indexes.joint_encoder import MiniLMJoint
from indexes.late_weights import FOLDER, JOINT, LATE, read_weights
from indexes.minilm import model_directory, whole_vectors
from indexes.token_encoder import MiniLMTokens
from indexes.word_pieces import WordPieces
from rag.comparing import Comparisons
from rag.held_words import HELD_VALUES
from rag.late_interaction import ANSWERED_VALUES
from rag.locating import Locator
from rag.settings import Settings
from training.examples import Example, examples
from training.held import is_held_out
from training.joint_model import JointModel
from training.layers import mixed
from training.learning import chance_learned, chance_of_words_learned, worth
from training.mining import mined
from training.report import answered_rows, chances, ndcg, ndcg_by_words

WRITTEN = Path("training/written")
ISLANDS = ("Arn", "Belk", "Corr", "Dunn", "Ess", "Fyr", "Gask", "Holm", "Ivy", "Jura")


def tiny(folder: Path) -> Dataset:
    """A question that is answered and one that is not, on each of ten islands."""
    paragraphs = [
        {
            "context": f"The island of {name} has a lighthouse that is {20 + n} metres high, and no harbour.",
            "qas": [
                {
                    "id": f"{name}-height",
                    "question": f"How high is the lighthouse of {name}?",
                    "answers": [{"text": f"{20 + n} metres", "answer_start": 0}],
                },
                {"id": f"{name}-year", "question": f"When was {name} settled?", "answers": [], "is_impossible": True},
            ],
        }
        for n, name in enumerate(ISLANDS)
    ]
    path = folder / "islands.json"
    path.write_text(json.dumps({"data": [{"title": "Islands", "paragraphs": paragraphs}]}), "utf-8")
    return open_dataset(path)


def test_every_answer_that_was_written_stands_in_its_passage():
    n_answered = n_unanswered = 0
    ids: list[str] = []
    passages: list[str] = []
    files = sorted(WRITTEN.iterdir())
    for article in (one for file in files for one in json.loads(file.read_text("utf-8"))["data"]):
        for paragraph in article["paragraphs"]:
            passages.append(paragraph["context"])
            for asked in paragraph["qas"]:
                ids.append(asked["id"])
                n_unanswered += asked["is_impossible"]
                n_answered += not asked["is_impossible"]
                assert bool(asked["answers"]) != asked["is_impossible"], asked
                for answer in asked["answers"]:
                    start = answer["answer_start"]
                    assert paragraph["context"][start : start + len(answer["text"])] == answer["text"], asked
    assert (len(files), len(passages)) == (7, 5040)
    assert len(passages) == len(set(passages)), "one that stands in two files could teach and measure"
    assert len(ids) == len(set(ids))
    assert (n_answered, n_unanswered) == (30_181, 14_520)


def test_what_nothing_answers_is_held_out_with_the_passage_that_it_was_asked_about(tmp_path: Path):
    dataset = tiny(tmp_path)
    sides = {query.id: is_held_out(dataset, query) for query in dataset.queries}
    assert all(sides[f"{name}-height"] == sides[f"{name}-year"] for name in ISLANDS)
    assert 0 < sum(sides.values()) < len(sides)
    assert {query.about for query in dataset.queries if query.is_answerable} == {""}


def test_what_nothing_answers_is_mined_with_the_passage_that_it_was_asked_about(tmp_path: Path):
    dataset = tiny(tmp_path)
    corpus = open_corpus(dataset, Settings(), tmp_path / "cache", print)
    tokenizer = WordPieces(model_directory() / "tokenizer.json")
    of = mined(dataset, corpus, tokenizer, tmp_path / "kept.json", print, ranked=lambda _, hits: hits[::-1])
    corpus.library.close()
    asked = {query.text for query in dataset.queries if not query.is_answerable and not is_held_out(dataset, query)}
    unanswered = [task for task in of.tasks if not task.good]
    assert len(unanswered) == len(asked)
    for task in unanswered:
        name = next(name for name in ISLANDS if f"of {name} " in of.chunks[task.bad[0]].text)
        [(ids, _)] = tokenizer.pieces([f"When was {name} settled?"])
        assert task.question.tolist() == list(ids)
        assert len(task.bad) == 3
        assert not task.answers


def test_what_nothing_answers_has_one_row_and_what_is_answered_two(tmp_path: Path):
    dataset, weights = tiny(tmp_path), read_weights(FOLDER)
    corpus = open_corpus(dataset, Settings(), tmp_path / "cache", print)
    comparisons = Comparisons(MiniLMTokens(FOLDER / LATE, n_kept=0), weights.rarity)
    parts = (dataset, corpus.library, comparisons, Locator(MiniLMJoint(FOLDER / JOINT)), whole_vectors)
    found: list[Example] = list(examples(*parts, only_held=False, n=20, depth=5, told=print))
    corpus.library.close()
    assert len(found) == 20
    _, labels = answered_rows(found, weights.states.reading)
    assert (labels.sum(), len(labels)) == (10, 30)
    assert ndcg(found) == ndcg([one for one in found if one.query.is_answerable]) > 0
    assert 0 < ndcg_by_words(found) == worth(found, weights).by_words <= 1
    assert all(one.by_words.sum() == 1 for one in found if one.query.is_answerable)
    taught = chance_learned({"islands": found}, weights)
    assert np.array_equal(taught.states.reading, weights.states.reading)
    assert taught.words is weights.words
    by_words = chance_of_words_learned({"islands": found}, weights)
    assert by_words.states is weights.states
    assert np.array_equal(by_words.words.reading, weights.words.reading)
    of_words = [ANSWERED_VALUES.index(name) for name in HELD_VALUES]
    assert set(np.flatnonzero(by_words.words.answered[:-1])) <= set(of_words)
    assert (by_words.words.answered[of_words[:2]] > 0).all()
    assert not taught.states.answered[of_words].any()
    rows, labels = answered_rows(found, weights.states.reading)
    chance = chances(rows, taught.states.answered)
    assert chance[labels > 0].mean() > chance[labels == 0].mean()


def test_training_begins_with_what_was_trained_before():
    started = JointModel(model_directory() / "model.safetensors", FOLDER / JOINT)
    kept = load_file(FOLDER / JOINT)
    own = started.weights()
    assert own.keys() == kept.keys()
    assert all(np.array_equal(own[name], kept[name]) for name in kept)
    assert not any(torch.isnan(of).any() for of in started.parameters())
    other = {name: of + np.float16(1) for name, of in kept.items()}
    assert all(np.array_equal(of, other[name]) for name, of in mixed(kept, other, 0.0).items())
    assert all(np.array_equal(of, kept[name]) for name, of in mixed(kept, other, 1.0).items())
    assert all(np.abs(of - kept[name] - 0.25).max() < 0.01 for name, of in mixed(kept, other, 0.75).items())
