"""The modules of W&B's package that connect it to other libraries."""
