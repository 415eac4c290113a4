"""What every model here owes its user: a run that can be made again.

`ReproducibleModel` adds to `keras.Model` only what a killed and resumed run
needs to equal one that never stopped, and what keeps files and weights whole
when something goes wrong.
"""

import os
import pathlib
import traceback

import keras

from keras_ganrec.callbacks import DataEpoch
from keras_ganrec.callbacks import StopAtNonFiniteLoss


class ReproducibleModel(keras.Model):
    """A `keras.Model` that resumes exactly and never loses a good file.

    - Keras does not save the state of its random generators; here they are
      part of the weights file.
    - `fit()` tells the pipelines of `keras_ganrec.data` which epoch it is, so
      that the order of the data depends on the seed and the epoch alone; with
      `steps_per_epoch` Keras reads on where the last epoch ended.
    - `fit()` stops at the first loss that is not finite and puts back the
      weights of the last good epoch.
    - `save()` and `save_weights()` write beside the target and then rename:
      a full disk or a kill leaves the old file as it was.
    - `export()` works at once where a subclass writes `serving_inputs()`.

    A subclass creates all its weights in the constructor and ends it with
    `self.built = True`.
    """

    @property
    def metrics(self):
        # Only those that a subclass names; Keras would add a loss of its own.
        return []

    def keep_compile_config(self, **arguments):
        """Keeps the arguments of a `compile()` of our own for the file."""
        # Serialized now: Keras would look for weights in the objects.
        self._compile_arguments = keras.saving.serialize_keras_object(arguments)

    def get_compile_config(self):
        return dict(self._compile_arguments) if self.compiled else {}

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def fit(self, x=None, *args, callbacks=None, **kwargs):
        # Arrays are let through: a plain `GAN` may be trained on them.
        if is_no_batches(x) and not hasattr(x, "shape"):
            raise no_batches(self, x)
        if not isinstance(callbacks, keras.callbacks.CallbackList):
            callbacks = [*keras.tree.flatten(callbacks or [])]
            epoch = carried(x, "epoch")
            if epoch is not None:
                callbacks.insert(0, DataEpoch(epoch))
                kwargs.setdefault("shuffle", False)
            # First, so that its weights come before a better choice of
            # EarlyStopping at the end of training.
            callbacks.insert(0, StopAtNonFiniteLoss())
        try:
            return super().fit(x, *args, callbacks=callbacks, **kwargs)
        except KeyError as error:
            frames = traceback.extract_tb(error.__traceback__)
            if not any(frame.name == "train_step" for frame in frames):
                raise
            name = type(self).__name__
            raise ValueError(
                f"`{name}` needs batches with {error}, and was given others. "
                f"Make them by the function of `keras_ganrec.data` that "
                f"`help({name})` names."
            ) from error

    def save(self, filepath, overwrite=True, **kwargs):
        if kwargs.get("zipped", True) is False:
            return super().save(filepath, overwrite=overwrite, **kwargs)
        return self._write_beside(super().save, filepath, overwrite, **kwargs)

    def serving_inputs(self):
        """Returns a dict from each input of `call` to its `keras.InputSpec`.

        For `export()`. `None` where Keras is to find out.
        """
        return None

    def export(self, filepath, *args, **kwargs):
        """As `keras.Model.export`: what `call()` does, and nothing else.

        A model that writes `serving_inputs()` need not have been called. Of a
        recommender, which answers by raw ids, `export_saved_model` is meant.
        """
        if "input_signature" not in kwargs:
            inputs = self.serving_inputs()
            if inputs is not None:
                kwargs["input_signature"] = [inputs]
        super().export(filepath, *args, **kwargs)

    def save_weights(self, filepath, overwrite=True, **kwargs):
        if kwargs.get("max_shard_size") is not None:  # a file that names others
            return super().save_weights(filepath, overwrite, **kwargs)
        return self._write_beside(
            super().save_weights, filepath, overwrite, **kwargs
        )

    def _write_beside(self, write, filepath, overwrite, **kwargs):
        if "://" in str(filepath):  # a bucket has no names to swap
            return write(filepath, overwrite=overwrite, **kwargs)
        target = pathlib.Path(filepath)
        if target.exists() and not overwrite:
            raise FileExistsError(
                f"`{target}` exists and `overwrite=False`. Give another path "
                "or `overwrite=True`."
            )
        # Keras looks at the ending, so the mark goes in front.
        beside = target.with_name(f".partial-{os.getpid()}-{target.name}")
        try:
            write(str(beside), overwrite=True, **kwargs)
            os.replace(beside, target)
        finally:
            beside.unlink(missing_ok=True)

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for index, state in enumerate(self._random_states()):
            store[f"random_state_{index}"] = state

    def load_own_variables(self, store):
        keys = set(store.keys())
        saved = {key for key in keys if key.startswith("random_state_")}
        states = self._random_states()
        if len(saved) != len(states):
            raise ValueError(
                f"The file holds {len(saved)} random states, the model "
                f"`{self.name}` has {len(states)}. The file was written by a "
                "model of other settings: build the model with the arguments "
                "it was saved with."
            )
        super().load_own_variables({key: store[key] for key in keys - saved})
        for index, state in enumerate(states):
            state.assign(store[f"random_state_{index}"])

    def _random_states(self):
        return [
            generator.state
            for layer in self._flatten_layers()
            for generator in layer._seed_generators
        ]


def carried(dataset, name):
    """What a pipeline of `keras_ganrec.data` carries under a name, or `None`.

    Steps of TensorFlow behind it, as `take(3)`, are looked through: they drop
    its attributes, and each epoch would be the same one without a word.
    """
    found = getattr(dataset, name, None)
    for source in getattr(dataset, "_inputs", list)():
        if found is None:
            found = carried(source, name)
    return found


def is_no_batches(x):
    """Whether it is a table, its parts or an array, and no batches of it."""
    return any(hasattr(x, name) for name in ("shape", "to_csr", "train"))


def no_batches(model, x):
    """The error of who calls `fit()` with a table or an array."""
    return ValueError(
        "`fit()` takes batches of tensors with names, and was given a table, "
        f"a split or an array ({type(x).__name__}). Make them by the function "
        f"of `keras_ganrec.data` that `help({type(model).__name__})` names."
    )
