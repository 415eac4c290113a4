"""VAESampler: users decoded from the prior of a variational autoencoder.

[Liang et al., WWW 2018](https://arxiv.org/abs/1802.05814), of whose Mult-VAE
this is the generative story

z_u      ~ Normal(0, I), the code
pi(z_u)  softmax(decoder(z_u))
d_u      number of items of user u, drawn from those of the real users

User u draws d_u items one after the other, none twice, each time in proportion
to pi(z_u) among those that are left.

Departures from the paper: it draws d_u items independently, which may repeat;
and a code says nothing of how many items its user has.
"""

import keras
import numpy as np

from keras_ganrec.synthesis.statistical import StatisticalSynthesizer
from keras_ganrec.synthesis.statistical import draw_degrees
from keras_ganrec.synthesis.statistical import draw_in_turn


@keras.saving.register_keras_serializable(package="keras_ganrec")
class VAESampler(StatisticalSynthesizer):
    """Generates users from a trained `MultVAE`.

    With a `kl_weight` below 1, as is best for ranking, the codes of real users
    do not fill the prior, and what is decoded between them is like nobody.
    Ratings and times as in `keras_ganrec.synthesis.statistical`.

    When to use it: where a MultVAE has been trained already, with a `kl_weight`
    of 1.

    When not to: with a smaller `kl_weight`, the best one for ranking: popular
    items are then far less popular than they should be.

    Args:
        recommender: `MultVAE`, trained. It is copied, without what it
            remembers of its users.

    Raises:
        ValueError: If `recommender` has no normal prior of its codes.

    Example:

    >>> model = VAESampler(trained_mult_vae)
    >>> model.adapt(train)
    >>> model.generate(1000, seed=0).interactions

    References:
        - [Liang et al., 2018](https://arxiv.org/abs/1802.05814)
    """

    paper = "https://arxiv.org/abs/1802.05814"
    year = 2018

    def __init__(self, recommender, **kwargs):
        super().__init__(**kwargs)
        if not getattr(recommender, "has_normal_prior", False):
            raise ValueError(
                "`recommender` must be an autoencoder with a normal prior of "
                "its codes, such as `MultVAE(num_items)`. "
                f"Received: recommender={recommender!r}"
            )
        self.num_items = recommender.num_items
        self.recommender = type(recommender).from_config(
            recommender.get_config()
        )
        self.start_from(recommender)
        self.built = True

    def start_from(self, other):
        """Copies the weights of a model like `recommender`."""
        self.recommender.set_weights(other.get_weights())

    def estimate(self, interactions):
        """The decoder is there; the numbers of items are marginals."""

    def draw_items(self, n, rng):
        def log_weights(users):
            size = users.stop - users.start, self.recommender.latent_dim
            codes = rng.normal(size=size).astype("float32")
            return np.asarray(self.recommender.decoder(codes))

        degree = draw_degrees(n, self.marginals.degrees, rng)
        return draw_in_turn(log_weights, degree, self.num_items, rng)

    def get_config(self):
        return {
            **super().get_config(),
            "recommender": keras.saving.serialize_keras_object(
                self.recommender
            ),
        }

    @classmethod
    def from_config(cls, config):
        recommender = keras.saving.deserialize_keras_object(
            config["recommender"]
        )
        return super().from_config({**config, "recommender": recommender})
