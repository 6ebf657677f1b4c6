"""`make bench`: one run, interleaved, against baselines that are measured in the same run."""
