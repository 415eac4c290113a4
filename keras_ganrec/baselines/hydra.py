"""HyDRA: users' interests, their engagement, and the items' long tail.

[Mungari et al., KDD 2025](https://arxiv.org/abs/2407.16594)

f           feature, one of `num_features`
rho_u       interests of user u, on the simplex: Dirichlet(c mu)
alpha_i     features of item i, on the simplex
e_u         engagement of user u, varrho_u^zeta in the paper: log-normal, from
            the least one up
p_i         pull of item i, lambda phi_i^xi in the paper
q_ui        = e_u p_i rho_u . alpha_i

The paper gives the long tails and the Dirichlets and draws users and items
from them; here they are fitted to a table. With W_uf = e_u rho_uf and
H_if = p_i alpha_if, q = W H' is any nonnegative factorization, so

    maximize  sum_ui x_ui log(1 - exp(-q_ui)) - (1 - x_ui) q_ui

is done by expectation-maximization: x_ui is one when a Poisson of rate q_ui is
not zero, m_ui = x_ui q_ui / (1 - exp(-q_ui)) is its expectation, and

    W_uf <- (W_uf sum_i (m_ui / q_ui) H_if + a) / (sum_i H_if + b)

and H likewise. Then the cut normal distribution of log e_u is fitted by its
likelihood, and c mu by the moments of rho_u.

Departures from the paper:
- P(x_ui = 1) = 1 - exp(-q_ui), not q_ui, which may exceed 1.
- Items stay those of the table, with their fitted alpha_i and p_i; users alone
  are drawn anew. The paper's items have no counterparts.
- The fit is ours, and the priors: Gamma(1 + a, b) of the entries of W and H.
  The authors fit the long tails and the preferences one after the other, by
  gradients.
- One population of users and of items; engagement is log-normal, as in the
  authors' settings for ML-1M.
- A user without any item is drawn again.
"""

import keras
import numpy as np
import scipy.optimize
import scipy.sparse
import scipy.stats

from keras_ganrec.synthesis.statistical import StatisticalSynthesizer
from keras_ganrec.synthesis.statistical import draw_independently
from keras_ganrec.whole_numbers import check_positive

PRIOR_COUNT = 0.01  # a
PRIOR_RATE = 0.01  # b


@keras.saving.register_keras_serializable(package="keras_ganrec")
class HyDRA(StatisticalSynthesizer):
    """Generates users from a parametric long-tail model.

    Its file holds item factors and a handful of numbers about the users.
    Ratings and times as in `keras_ganrec.synthesis.statistical`.

    When to use it: to make new users in a second, by a model whose file holds
    little about the real ones. Recommenders learn more from them than from
    those of the mixtures.

    When not to: where it matters which items go together: there the mixtures
    are closer to real tables.

    Args:
        num_items: int. Size of the catalog.
        num_features: int. Size of interests and item features.
        num_iterations: int. Of expectation-maximization.
        seed: Optional int. Seeds the start.

    Raises:
        ValueError: If a number is no positive integer.

    Example:

    >>> model = HyDRA(num_items=train.num_items, seed=0)
    >>> model.adapt(train)
    >>> model.generate(1000, seed=0).interactions

    References:
        - [Mungari et al., 2025](https://arxiv.org/abs/2407.16594)
    """

    paper = "https://arxiv.org/abs/2407.16594"
    year = 2025

    def __init__(
        self,
        num_items,
        num_features=32,
        num_iterations=100,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive(num_features=num_features, num_iterations=num_iterations)
        self.num_items = num_items
        self.num_features = num_features
        self.num_iterations = num_iterations
        self.seed = seed
        shapes = {
            "item_factors": (num_items, num_features),  # H
            "interests": (num_features,),  # c mu
            "engagement": (3,),  # of log e_u: center, scale and the least
        }
        for name, shape in shapes.items():
            weight = self.add_weight(
                shape=shape,
                initializer="zeros",
                trainable=False,
                autocast=False,
                name=name,
            )
            setattr(self, name, weight)
        self.built = True

    def estimate(self, interactions):
        x = interactions.to_csr()[np.unique(interactions.user_id)]
        w, h = self._factorize(x)
        # A feature's scale is free: the pull of all items on it is 1.
        w, h = w * h.sum(axis=0), h / h.sum(axis=0)
        e_u = w.sum(axis=1)
        rho = w / e_u[:, None]
        mu = rho.mean(axis=0)
        c = np.sum(mu * (1 - mu)) / np.maximum(rho.var(axis=0).sum(), 1e-9) - 1
        self.item_factors.assign(h)
        self.interests.assign(np.maximum(c, 1e-3) * mu)
        self.engagement.assign(_cut_normal(np.log(e_u)))

    def _factorize(self, x):
        """Returns W `(users, num_features)` and H `(items, num_features)`."""
        rng = np.random.default_rng(self.seed)
        # So that at first q is about the share of ones.
        mean = (x.nnz / np.prod(x.shape) / self.num_features) ** 0.5
        w, h = (
            mean * rng.gamma(10.0, 0.1, (size, self.num_features))
            for size in x.shape
        )
        user, item = x.tocoo().coords
        for _ in range(self.num_iterations):
            _improve(w, h, user, item)
            _improve(h, w, item, user)
        return w, h

    def draw_items(self, n, rng):
        h = np.asarray(self.item_factors, "float64")
        interests = np.asarray(self.interests, "float64")
        center, scale, least = np.asarray(self.engagement, "float64")
        log_e = scipy.stats.truncnorm(
            (least - center) / scale, np.inf, center, scale
        )

        def probabilities(size):
            e_u = np.exp(log_e.rvs(size, random_state=rng))
            rho = rng.dirichlet(interests, size)
            return -np.expm1(-(rho * e_u[:, None]) @ h.T)

        return draw_independently(n, probabilities, self.num_items, rng)

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "num_features": self.num_features,
            "num_iterations": self.num_iterations,
            "seed": self.seed,
        }


def _cut_normal(values):
    """Returns center, scale and least value of a normal one cut below it."""
    least = values.min()

    def loss(parameters):
        center, scale = parameters[0], np.exp(parameters[1])
        return -np.sum(
            scipy.stats.norm.logpdf(values, center, scale)
            - scipy.stats.norm.logsf(least, center, scale)
        )

    start = values.mean(), np.log(values.std() + 1e-6)
    found = scipy.optimize.minimize(loss, start, method="Nelder-Mead").x
    return found[0], np.exp(found[1]), least


def _improve(one, other, row, column):
    """A step of expectation-maximization of one side, in place."""
    q = np.einsum("nf,nf->n", one[row], other[column])
    ratio = scipy.sparse.csr_array(
        (-1.0 / np.expm1(-q), (row, column)), (len(one), len(other))
    )  # m / q
    one *= ratio @ other
    one += PRIOR_COUNT
    one /= other.sum(axis=0) + PRIOR_RATE
