"""What a model is worth: measured beside others, on the same users.

Models that rank items: `compare`, and `training_report`. Models that make
interactions: `compare_tables`, and `fidelity_report`. `plots` of both.
"""

from keras_ganrec.evaluation import plots
from keras_ganrec.evaluation.compare import compare
from keras_ganrec.evaluation.compare import count_listed
from keras_ganrec.evaluation.compare import measure
from keras_ganrec.evaluation.compare import measure_users
from keras_ganrec.evaluation.compare import ranking_metrics
from keras_ganrec.evaluation.fidelity_report import fidelity_report
from keras_ganrec.evaluation.figures import DCR_NOTE
from keras_ganrec.evaluation.figures import FIGURES
from keras_ganrec.evaluation.measures import shuffled_items
from keras_ganrec.evaluation.significance import paired_p_values
from keras_ganrec.evaluation.similarity import compare_columns
from keras_ganrec.evaluation.tables import compare_tables
from keras_ganrec.evaluation.training_record import training_record
from keras_ganrec.evaluation.training_report import training_report

__all__ = [
    "DCR_NOTE",
    "FIGURES",
    "compare",
    "compare_columns",
    "compare_tables",
    "count_listed",
    "fidelity_report",
    "measure",
    "measure_users",
    "paired_p_values",
    "plots",
    "ranking_metrics",
    "shuffled_items",
    "training_record",
    "training_report",
]
