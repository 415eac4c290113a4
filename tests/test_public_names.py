"""What `import keras_ganrec` gives."""

import importlib.metadata
import subprocess
import sys

import pytest

import keras_ganrec as kg


@pytest.mark.parametrize("name", kg.__all__)
def test_every_public_name_is_there(name):
    assert getattr(kg, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(kg, "gan_models")


def test_the_names_are_those_of_keras():
    assert kg.models.GANMF is not None
    assert kg.datasets is kg.data.datasets
    assert issubclass(kg.models.CFGAN, kg.GAN)
    assert issubclass(kg.models.CFGAN, kg.Recommender)
    assert callable(kg.export_saved_model)


def test_importing_is_enough_to_load_a_model():
    # Keras finds registered classes only, and does not import ours itself.
    code = (
        "import keras_ganrec\n"
        "import keras\n"
        "for name in ('GANMF', 'EASE', 'NDCGAtK'):\n"
        "    find = keras.saving.get_registered_object\n"
        "    assert find('keras_ganrec>' + name), name\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_installed_version_is_that_of_the_package():
    try:
        installed = importlib.metadata.version("keras_ganrec")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package is not installed here: pip install -e .")
    assert installed == kg.__version__
