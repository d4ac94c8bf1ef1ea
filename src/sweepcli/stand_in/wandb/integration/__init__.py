"""What connects W&B's package to other libraries."""
