# One target for each stage of training; all are seeded, resumable and show their progress.
# MINUTES is of training time for one network. `make train` runs them all in order.
MINUTES ?=
TRAIN := PYTHONPATH=training VITA_TRAIN_LIB=$(TRAIN_LIB) $(PYTHON)
minutes = --minutes $(or $(MINUTES),$(1))

.PHONY: train train-lib train-data train-text train-look train-prior train-reflow train-upsampler train-painter train-export \
        train-keep train-evaluate
train: train-data train-text train-look train-upsampler train-prior train-reflow train-painter train-export  ## train every network anew

train-lib: setup configure
	@cmake --build build --target vitatrain

train-data: train-lib  ## render and generate the training data and the held-out worlds
	@$(TRAIN) -m vitatrain.painter_data --worlds 40 --first-seed 500000 --out training/run/data/painter_held_out
	@$(TRAIN) -m vitatrain.painter_data --worlds 1600 --first-seed 1000
	@$(TRAIN) -m vitatrain.prior_data --windows 26000 --fine-every 13
	@$(TRAIN) -m vitatrain.prior_data --windows 1000 --held-out --out training/run/prior_held_out

train-text: setup  ## train the text encoder
	@$(TRAIN) -m vitatrain.text_train $(call minutes,12)

train-look: setup  ## train the look flow
	@$(TRAIN) -m vitatrain.look_train $(call minutes,5)

train-prior: train-lib  ## train the map prior
	@$(TRAIN) -m vitatrain.prior_train $(call minutes,95)

train-reflow: train-lib  ## straighten the paths of training/run's map prior, into training/run/reflow
	@$(TRAIN) -m vitatrain.prior_reflow $(call minutes,30)

train-upsampler: train-lib  ## train the up-sampler
	@$(TRAIN) -m vitatrain.upsampler_train $(call minutes,16)

train-painter: train-lib  ## train the painter
	@$(TRAIN) -m vitatrain.painter_train $(call minutes,15) --resume

train-export: setup  ## gather training/weights into models/world
	@$(TRAIN) training/export.py

RUN ?= training/run
train-keep: setup  ## keep NETWORK (painter, ...) as its trainer left it in RUN (training/run), then train-export
	@$(TRAIN) training/export.py --keep $(NETWORK) --run $(RUN)

train-evaluate: train-lib  ## held-out figures and pictures of every network
	@$(TRAIN) -m vitatrain.text_eval --weights training/weights --prompts
	@$(TRAIN) -m vitatrain.prior_eval --weights training/weights
	@$(TRAIN) -m vitatrain.painter_eval --weights training/weights/painter.safetensors
