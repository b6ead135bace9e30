"""Sets of questions in the forms that people have them in; `evals/datasets.py` opens any of them."""
