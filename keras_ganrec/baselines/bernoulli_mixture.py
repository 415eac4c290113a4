"""BernoulliMixture: each user is of one kind, and tosses that kind's coins.

[Juan & Vidal, Pattern Recognition 2002](https://doi.org/10.1016/S0031-3203(01)00242-4)

x_u         profile of user u, ones and zeros
k           kind of user, one of `num_components`
pi_k        share of kind k
theta_ki    probability that a user of kind k has met item i
r_uk        probability that u is of kind k, given x_u

    P(x_u) = sum_k pi_k prod_i theta_ki^x_ui (1 - theta_ki)^(1 - x_ui)

fitted by expectation-maximization,

    r_uk      proportional to pi_k P(x_u | theta_k)
    pi_k      = mean_u r_uk
    theta_ki  = (sum_u r_uk x_ui + s theta_i) / (sum_u r_uk + s)

where theta_i is the share of all users who met i and s is `smoothing`.

Departures from the paper:
- No labels: the mixture is one of users, not one per class of texts.
- Kinds lean towards the popularity of the items (s) rather than towards 1/2.
- It starts from the profiles of users drawn at random, each mixed half and
  half with popularity.
- A user without any item is drawn again.
"""

import keras
import numpy as np

from keras_ganrec.synthesis.statistical import StatisticalSynthesizer
from keras_ganrec.synthesis.statistical import draw_independently
from keras_ganrec.whole_numbers import check_positive


@keras.saving.register_keras_serializable(package="keras_ganrec")
class BernoulliMixture(StatisticalSynthesizer):
    """Generates users of a few kinds; a strong baseline for usefulness.

    Within a kind items are independent, so profiles are less alike, and their
    lengths less different, than real ones. Few users per kind, and a kind is
    nearly one of its users: see the report's privacy figures. Ratings and
    times as in `keras_ganrec.synthesis.statistical`.

    When to use it: to make new users in a second, on whom a recommender can be
    trained.

    When not to: where users must pass for real ones one by one, or with few
    users per kind: a kind is then nearly one of its users.

    Args:
        num_items: int. Size of the catalog.
        num_components: int. Kinds of users.
        smoothing: float. How many average users each kind holds in advance.
        num_iterations: int. Of expectation-maximization.
        seed: Optional int. Seeds the start.

    Raises:
        ValueError: If a number is out of range, or there are fewer users
            than kinds.

    Example:

    >>> model = BernoulliMixture(num_items=train.num_items, seed=0)
    >>> model.adapt(train)
    >>> model.generate(1000, seed=0).interactions

    References:
        - [Juan & Vidal, 2002](https://doi.org/10.1016/S0031-3203(01)00242-4)
    """

    paper = "https://doi.org/10.1016/S0031-3203(01)00242-4"
    year = 2002

    def __init__(
        self,
        num_items,
        num_components=60,
        smoothing=1.0,
        num_iterations=50,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive(
            num_components=num_components, num_iterations=num_iterations
        )
        if not smoothing > 0:
            raise ValueError(
                "`smoothing` must be positive, or an item that a kind never "
                f"met has no logarithm. Received: smoothing={smoothing}"
            )
        self.num_items = num_items
        self.num_components = num_components
        self.smoothing = smoothing
        self.num_iterations = num_iterations
        self.seed = seed
        self.shares = self.add_weight(
            shape=(num_components,),
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="shares",
        )
        self.probabilities = self.add_weight(
            shape=(num_components, num_items),
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="probabilities",
        )
        self.built = True

    def estimate(self, interactions):
        x = interactions.to_csr()[np.unique(interactions.user_id)]
        num_users = x.shape[0]
        if num_users < self.num_components:
            raise ValueError(
                f"The data has {num_users} users, fewer than the "
                f"{self.num_components} kinds of them. Lower "
                "`num_components`."
            )
        rng = np.random.default_rng(self.seed)
        start = rng.choice(num_users, self.num_components, replace=False)
        mean = np.asarray(x.mean(axis=0)).ravel()  # theta_i
        pi = np.full(self.num_components, 1 / self.num_components)
        theta = 0.5 * x[start].toarray() + 0.5 * mean
        prior = self.smoothing * mean
        for _ in range(self.num_iterations):
            # Items that nobody met stay at 0, and tell nothing.
            theta = np.clip(theta, 1e-9, 1 - 1e-6)
            log_odds = np.log(theta) - np.log1p(-theta)
            log_r = x @ log_odds.T  # (num_users, num_components)
            log_r += np.log(pi) + np.log1p(-theta).sum(axis=1)
            r = np.exp(log_r - log_r.max(axis=1, keepdims=True))
            r /= r.sum(axis=1, keepdims=True)
            # A kind of nobody is kept from the logarithm of 0.
            weight = r.sum(axis=0) + 1e-9  # (num_components,)
            pi = weight / weight.sum()
            theta = (x.T @ r).T + prior
            theta /= (weight + self.smoothing)[:, None]
        self.shares.assign(pi)
        self.probabilities.assign(theta)

    def draw_items(self, n, rng):
        theta = np.asarray(self.probabilities)
        pi = np.asarray(self.shares, "float64")

        def probabilities(size):
            return theta[rng.choice(len(pi), size, p=pi / pi.sum())]

        return draw_independently(n, probabilities, self.num_items, rng)

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "num_components": self.num_components,
            "smoothing": self.smoothing,
            "num_iterations": self.num_iterations,
            "seed": self.seed,
        }
