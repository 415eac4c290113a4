"""Tables of interactions: reading, checking, splitting, feeding."""

from keras_ganrec.data import datasets
from keras_ganrec.data import pipelines
from keras_ganrec.data import readers
from keras_ganrec.data import splits
from keras_ganrec.data.conditions import condition_values
from keras_ganrec.data.conditions import conditioned
from keras_ganrec.data.features import feature_matrix
from keras_ganrec.data.generated import interactions_of
from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.pipelines import item_profiles
from keras_ganrec.data.pipelines import pairs
from keras_ganrec.data.pipelines import ranking_batches
from keras_ganrec.data.pipelines import user_profiles
from keras_ganrec.data.rated import rated_pairs
from keras_ganrec.data.rated import rated_profiles
from keras_ganrec.data.split import Split
from keras_ganrec.data.splits import leave_last_out
from keras_ganrec.data.splits import ratio_split
from keras_ganrec.data.splits import temporal_split
from keras_ganrec.data.splits import user_split
from keras_ganrec.data.tables import conditional_rows
from keras_ganrec.data.tables import table_rows

__all__ = [
    "Interactions",
    "Split",
    "condition_values",
    "conditioned",
    "conditional_rows",
    "datasets",
    "feature_matrix",
    "interactions_of",
    "item_profiles",
    "leave_last_out",
    "pairs",
    "pipelines",
    "ranking_batches",
    "rated_pairs",
    "rated_profiles",
    "ratio_split",
    "readers",
    "splits",
    "table_rows",
    "temporal_split",
    "user_profiles",
    "user_split",
]
