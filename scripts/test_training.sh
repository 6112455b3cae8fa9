#!/bin/sh
# Runs the unit tests of the training code: scripts/test_training.sh PYTHON LIBVITATRAIN
set -eu
cd "$(dirname "$0")/.."
if [ ! -d training/tests ]; then
  echo 'test: there is no training/tests, expected the unit tests of the training code' >&2
  exit 1
fi
if [ ! -e "$2" ]; then
  echo "test: $2 has not been built; the training tests need it" >&2
  exit 1
fi
# One thread each: PyTorch's teams collapse when something else takes a core.
exec env OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" PYTHONPATH="$PWD/training" VITA_TRAIN_LIB="$2" \
  "$1" -m unittest discover -s training/tests -p 'test_*.py' -v
