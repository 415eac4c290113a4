"""How each published or tuned number is made, and what was measured."""

from keras_ganrec.recipes import aae_rec_ml_100k
from keras_ganrec.recipes import acae_ml_100k
from keras_ganrec.recipes import adv_info_nce_gowalla
from keras_ganrec.recipes import adv_info_nce_ml_100k
from keras_ganrec.recipes import amr_citeulike_t
from keras_ganrec.recipes import amr_ml_100k
from keras_ganrec.recipes import apl_ml_100k
from keras_ganrec.recipes import apr_ml_1m
from keras_ganrec.recipes import apr_ml_100k
from keras_ganrec.recipes import baselines
from keras_ganrec.recipes import caae_ml_100k
from keras_ganrec.recipes import cfgan_ml_1m
from keras_ganrec.recipes import cfgan_ml_100k
from keras_ganrec.recipes import cofigan_ml_100k
from keras_ganrec.recipes import ganmf_ml_1m
from keras_ganrec.recipes import ganmf_ml_100k
from keras_ganrec.recipes import graphgan_ml_100k
from keras_ganrec.recipes import irgan_ml_100k
from keras_ganrec.recipes import lightgcn_gowalla
from keras_ganrec.recipes import lightgcn_ml_100k
from keras_ganrec.recipes import pure_ml_100k
from keras_ganrec.recipes import ragan_ml_100k
from keras_ganrec.recipes import vaegan_ml_100k
from keras_ganrec.recipes import vbpr_ml_100k
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.generators import GENERATORS

RECIPES = {
    recipe.name: recipe
    for module in (
        aae_rec_ml_100k,
        acae_ml_100k,
        adv_info_nce_gowalla,
        adv_info_nce_ml_100k,
        amr_citeulike_t,
        amr_ml_100k,
        apl_ml_100k,
        apr_ml_100k,
        apr_ml_1m,
        caae_ml_100k,
        cfgan_ml_100k,
        cfgan_ml_1m,
        cofigan_ml_100k,
        ganmf_ml_100k,
        ganmf_ml_1m,
        graphgan_ml_100k,
        irgan_ml_100k,
        lightgcn_gowalla,
        lightgcn_ml_100k,
        pure_ml_100k,
        ragan_ml_100k,
        vaegan_ml_100k,
        vbpr_ml_100k,
        baselines,
    )
    for recipe in module.RECIPES
}

__all__ = ["GENERATORS", "RECIPES", "Recipe"]
