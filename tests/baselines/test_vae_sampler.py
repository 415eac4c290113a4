import zipfile

import numpy as np
import pytest

from keras_ganrec.baselines import EASE
from keras_ganrec.baselines import MultVAE
from keras_ganrec.baselines import RecVAE
from keras_ganrec.baselines import VAESampler


def test_draws_what_the_decoder_likes(planted, tmp_path):
    vae = MultVAE(40, hidden_dims=(8,), latent_dim=3, seed=0)
    *_, kernel, bias = vae.decoder.weights
    kernel.assign(np.zeros(kernel.shape))
    bias.assign(np.where(np.arange(40) < 15, 12.0, 0.0))
    vae.remember(planted.train)  # as `fit()` does
    model = VAESampler(vae)
    model.adapt(planted.train)
    with pytest.warns(RuntimeWarning, match="collapsed"):
        table = model.generate(60, seed=0).interactions
    liked = table["item"].isin([f"item {i}" for i in range(15)])
    assert liked.groupby(table["user"]).sum().min() >= min(
        15, table["user"].value_counts().min()
    )

    # What the recommender remembers of its users does not go along.
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert not any("catalog" in name for name in archive.namelist())


@pytest.mark.parametrize("model", [EASE, RecVAE])
def test_a_recommender_without_normal_codes(model):
    with pytest.raises(ValueError, match="must be an autoencoder"):
        VAESampler(model(40))
