"""APR on ML-1M, each user's last item held out, and BPR-MF without it.

The paper has no such numbers. As its authors do, BPR comes first; then their
adversary, with its L2 for the recommender's own. What is left with the
adversary off is BPR-MF, trained as long and with the L2 that suits it best.
All is chosen on the validation part: see the tables in `docs`.
"""

from keras_ganrec.baselines import BPRMF
from keras_ganrec.models import APR
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

EMBEDDING_DIM = 128
START = Recipe(
    name="bpr_mf_start_ml_1m_last",
    model=BPRMF,
    dataset="ml-1m",
    split="leave_last_out",
    model_arguments={"embedding_dim": EMBEDDING_DIM, "l2": 0.003},
    optimizers={"optimizer": adam(5e-3)},
    batches="pairs",
    batch_size=8192,
    epochs=30,
    steps_per_execution=16,
)
