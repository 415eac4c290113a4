"""CFGAN: collaborative filtering with a vector-wise conditional GAN.

[Chae et al., CIKM 2018](https://doi.org/10.1145/3269206.3271743)

r_u      real purchase vector of user u, shape (num_items,)
c_u      condition given to both players; here c_u = r_u
r^_u     G(c_u), the generated vector; there is no noise
e_u      mask of the purchased items, e_u = r_u
k_u      mask of non-purchased items drawn for partial masking (PM)
N_u      non-purchased items drawn for zero-reconstruction (ZR)
s        weight of zero-reconstruction

J_D = - sum_u  log D(r_u | c_u) + log(1 - D(r^_u * (e_u + k_u) | c_u))
J_G = - sum_u  log D(r^_u * (e_u + k_u) | c_u) + s sum_{j in N_u} (r^_uj - 0)^2

CFGAN-ZR draws no k_u, CFGAN-PM no N_u, CFGAN-ZP both. In item mode the
vectors are those of items, shape (num_users,).

Departures from the paper:
- J_G is non-saturating, as in the authors' code; the paper prints
  log(1 - D(...)), which is `loss="minimax"`.
- Each player takes its steps on one batch, before the next batch; the
  authors' code makes whole passes over the data in turns.
- k_u and N_u take each non-purchased item with the same chance; the authors
  draw a fixed number of them.
- Users that were not there are, in item mode, folded in by ridge regression
  on G's last hidden layer.
"""

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec.fold_in import ridge_fold_in
from keras_ganrec.gan import GAN
from keras_ganrec.layers import in_float32
from keras_ganrec.recommender import Recommender
from keras_ganrec.sampling import sample_unseen


@keras.saving.register_keras_serializable(package="keras_ganrec")
class CFGAN(GAN, Recommender):
    """CFGAN (Chae et al., 2018): ZR, PM and ZP, in user and in item mode.

    Train it on `keras_ganrec.data.user_profiles(train)` in user mode, on
    `item_profiles(train)` in item mode.

    When to use it: for the GAN recommender that others have studied most, and a
    generator that reads what a user has seen: new users are scored without
    training.

    When not to: where accuracy alone counts: EASE and IALS are ahead on ML-100K
    and ML-1M, in a fraction of the time. Nor beyond some 100,000 items, the
    width of both players.

    Args:
        num_items: int. Size of the catalog.
        num_users: Optional int. Number of users; item mode needs it.
        mode: `"user"` or `"item"`. Whose purchase vectors are generated.
        g_hidden_dims: Sequence of int. Widths of G's hidden layers.
        d_hidden_dims: Sequence of int. Widths of D's hidden layers.
        zr_ratio: float in [0, 1]. Expected share of the non-purchased items
            drawn for zero-reconstruction; 0 is CFGAN-PM.
        zr_weight: float. s above (alpha in the paper).
        pm_ratio: float in [0, 1]. Expected share of the non-purchased items
            drawn for partial masking; 0 is CFGAN-ZR.
        loss: Name of the adversarial loss, see `keras_ganrec.losses`; not
            `"wasserstein"`, for nothing bounds D here.
        activation: Activation of the hidden layers of both players.
        g_initializer: Initializer of G's kernels.
        d_initializer: Initializer of D's kernels.
        g_regularizer: Optional regularizer of G's kernels.
        d_regularizer: Optional regularizer of D's kernels.
        fold_in_l2: float. Ridge penalty for users that were not there, in
            item mode.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If a ratio is out of range, both are 0, item mode is given
            no `num_users` or no hidden layer of G, or the loss needs a bound.

    References:
        - [Chae et al., 2018](https://doi.org/10.1145/3269206.3271743)
    """

    paper = "https://doi.org/10.1145/3269206.3271743"
    year = 2018

    def __init__(
        self,
        num_items,
        num_users=None,
        mode="user",
        g_hidden_dims=(300,),
        d_hidden_dims=(250,),
        zr_ratio=0.7,
        zr_weight=0.03,
        pm_ratio=0.7,
        loss="non_saturating",
        activation="sigmoid",
        g_initializer="glorot_uniform",
        d_initializer="glorot_uniform",
        g_regularizer=None,
        d_regularizer=None,
        fold_in_l2=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, ratio in (("zr_ratio", zr_ratio), ("pm_ratio", pm_ratio)):
            if not 0 <= ratio <= 1:
                raise ValueError(
                    f"`{name}` must be between 0 and 1. "
                    f"Received: {name}={ratio}"
                )
        if zr_ratio == 0 and pm_ratio == 0:
            raise ValueError(
                "Without zero-reconstruction and partial masking the "
                "generator learns to give 1 for every item. Set `zr_ratio` "
                "or `pm_ratio` above 0."
            )
        if mode not in ("user", "item") or (mode == "item" and not num_users):
            raise ValueError(
                "`mode` must be 'user', or 'item' together with `num_users`. "
                f"Received: mode={mode!r}, num_users={num_users}"
            )
        if mode == "item" and len(g_hidden_dims) == 0:
            raise ValueError(
                "In item mode G's last hidden layer is the items' embedding. "
                "Expected at least one width in `g_hidden_dims`. Received: "
                f"g_hidden_dims={g_hidden_dims!r}"
            )
        if loss == "wasserstein":
            raise ValueError(
                "The Wasserstein loss has no bound but that of D, and D has "
                "none here. Take another `loss`, such as 'relativistic'."
            )
        self.num_items = num_items
        self.num_users = num_users
        self.mode = mode
        self.g_hidden_dims = tuple(g_hidden_dims)
        self.d_hidden_dims = tuple(d_hidden_dims)
        self.zr_ratio = zr_ratio
        self.zr_weight = zr_weight
        self.pm_ratio = pm_ratio
        self.loss_name = loss
        self.adversarial_loss = losses.get(loss)
        self.activation = activation
        self.g_initializer = keras.initializers.get(g_initializer)
        self.d_initializer = keras.initializers.get(d_initializer)
        self.g_regularizer = keras.regularizers.get(g_regularizer)
        self.d_regularizer = keras.regularizers.get(d_regularizer)
        self.fold_in_l2 = fold_in_l2

        width = num_items if mode == "user" else num_users
        self.hidden = self._hidden_layers(
            g_hidden_dims, self.g_initializer, self.g_regularizer
        )
        self.output_layer = keras.layers.Dense(
            width,
            kernel_initializer=self.g_initializer.clone(),
            kernel_regularizer=self.g_regularizer,
            dtype="float32",
            name="generated",
        )
        self.generator = keras.Sequential(
            [keras.Input((width,)), *self.hidden, self.output_layer],
            name="generator",
        )
        judge = self._hidden_layers(
            d_hidden_dims, self.d_initializer, self.d_regularizer
        )
        logit = keras.layers.Dense(
            1,
            kernel_initializer=self.d_initializer.clone(),
            kernel_regularizer=self.d_regularizer,
            dtype="float32",
            name="logit",
        )
        self.discriminator = keras.Sequential(
            [keras.Input((2 * width,)), *judge, logit], name="discriminator"
        )
        self.factorizes = mode == "item"
        self.supports_jit = mode == "user"
        self._product = in_float32(self._scores)
        self.built = True

    def _hidden_layers(self, dims, initializer, regularizer):
        return [
            keras.layers.Dense(
                dim,
                activation=self.activation,
                kernel_initializer=initializer.clone(),
                kernel_regularizer=regularizer,
                dtype=self.dtype_policy,
            )
            for dim in dims
        ]

    def call(self, inputs):
        if self.mode == "user":
            return self.score_profiles(inputs["seen"])
        return self._product(inputs)

    def _scores(self, inputs):
        """Item mode: scores of the catalog, in float32."""
        users = self.user_embeddings(inputs["user_id"])
        return ops.matmul(users, ops.transpose(self.item_embeddings()))

    def score_profiles(self, seen):
        if self.mode == "user":
            return self.generator(seen)
        items = self.item_embeddings()
        users = ridge_fold_in(seen, items, self.fold_in_l2)
        return ops.matmul(users, ops.transpose(items))

    def discriminator_loss(self, batch):
        real_logits, fake_logits = self._judge_both(batch)
        return self.adversarial_loss.discriminator(real_logits, fake_logits)

    def generator_loss(self, batch):
        profile = batch["seen"]  # (batch, width)
        generated = self.generator(profile)
        fake_logits = self.discriminator(
            ops.concatenate([profile, self._mask(generated, profile)], axis=-1)
        )
        real_logits = None
        if self.loss_name.startswith("relativistic"):
            real_logits = self.discriminator(
                ops.concatenate([profile, profile], axis=-1)
            )
        loss = self.adversarial_loss.generator(fake_logits, real_logits)
        if self.zr_ratio > 0:
            zeros = sample_unseen(profile, self.zr_ratio, self.seed_generator)
            squares = zeros * ops.square(generated)
            loss += self.zr_weight * ops.mean(ops.sum(squares, axis=-1))
        return loss

    def realness(self, batch):
        return tuple(ops.squeeze(x, -1) for x in self._judge_both(batch))

    def _judge_both(self, batch):
        if self.mode == "item" and "user_id" in batch:
            raise ValueError(
                "In item mode CFGAN is trained on "
                "`keras_ganrec.data.item_profiles`. Received: user profiles"
            )
        profile = batch["seen"]  # (batch, width)
        fake = self._mask(self.generator(profile), profile)
        # One pass over both, twice the rows in each product: the row of what
        # is real, then the row of what is generated, of each profile.
        pairs = ops.concatenate([profile, profile, profile, fake], axis=-1)
        logits = self.discriminator(
            ops.reshape(pairs, (-1, 2 * profile.shape[-1]))
        )
        real_logits, fake_logits = ops.split(
            ops.reshape(logits, (-1, 2)), 2, axis=-1
        )  # (batch, 1) each
        return real_logits, fake_logits

    def _mask(self, generated, profile):
        mask = profile
        if self.pm_ratio > 0:
            mask += sample_unseen(profile, self.pm_ratio, self.seed_generator)
        return generated * mask

    def user_embeddings(self, user_id):
        """Item mode: the weights of G's output for each user, with bias."""
        kernel = ops.transpose(self.output_layer.kernel)  # (num_users, dim)
        bias = ops.expand_dims(self.output_layer.bias, -1)
        table = ops.concatenate([kernel, bias], axis=-1)
        return ops.take(table, user_id, axis=0)

    def item_embeddings(self):
        """Item mode: G's last hidden layer for each item, and a one."""
        first, *others = self.hidden
        # The layer's product with all items' profiles, which are sparse.
        sums = self._known_catalog().sums_over_users(first.kernel)
        code = first.activation(sums + first.bias)
        for layer in others:
            code = layer(code)
        code = ops.cast(code, "float32")  # (num_items, dim)
        return ops.concatenate([code, ops.ones_like(code[:, :1])], axis=-1)

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "num_users": self.num_users,
            "mode": self.mode,
            "g_hidden_dims": self.g_hidden_dims,
            "d_hidden_dims": self.d_hidden_dims,
            "zr_ratio": self.zr_ratio,
            "zr_weight": self.zr_weight,
            "pm_ratio": self.pm_ratio,
            "loss": self.loss_name,
            "activation": self.activation,
            "g_initializer": keras.initializers.serialize(self.g_initializer),
            "d_initializer": keras.initializers.serialize(self.d_initializer),
            "g_regularizer": keras.regularizers.serialize(self.g_regularizer),
            "d_regularizer": keras.regularizers.serialize(self.d_regularizer),
            "fold_in_l2": self.fold_in_l2,
        }
