# `make` lists the targets. Everything that builds installs the missing Debian packages first; where they come
# from elsewhere, SETUP=0 leaves that out.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PROMPT ?= snowy mountains at sunset with pines and a lake
OUT ?= out/vitascope.mp4
ARGS ?=
SETUP ?= 1
PYTHON ?= /usr/bin/python3
PROGRAM := build/vitascope
TRAIN_LIB := $(CURDIR)/build/training/renderer/libvitatrain.so
# Through the environment, so that any character of a prompt reaches the program as it is.
export PROMPT

.PHONY: help setup setup-program configure build build-all run video test bench bench-live format lint clean pictures page-pictures

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | \
	  while IFS=$$'\t' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

setup:  ## install the missing Debian packages (root or sudo)
ifneq ($(SETUP),0)
	@scripts/setup.sh
endif

setup-program:
ifneq ($(SETUP),0)
	@scripts/setup.sh program
endif

configure: setup-program
	@cmake --preset release

build: configure  ## build the program, build/vitascope (Release)
	@cmake --build build --target $(notdir $(PROGRAM))

build-all: setup configure  ## build everything: program, library, tests, training renderer
	@cmake --build build

run: build  ## serve the live page and print its address: make run [ARGS="--port 8080"]
	@$(PROGRAM) serve $(ARGS)

video: build  ## make a video: make video PROMPT="a desert at night" [OUT=out/desert.mp4] [ARGS="--seconds 20"]
	@mkdir -p "$(dir $(OUT))"
	@$(PROGRAM) generate --prompt "$$PROMPT" $(ARGS) -o "$(OUT)"

test: build-all  ## build and pass all tests
	@cd build && ctest -LE '^(e2e|gpu)$$' --output-on-failure
	@scripts/test_training.sh $(PYTHON) $(TRAIN_LIB)

bench: build  ## first frame, frames per second, time of each stage
	@$(PROGRAM) bench $(ARGS)

bench-live: setup build  ## what a browser shows: prompt and key to presented, connects (ARGS="--rounds 30")
	@node bench/live/live_bench.mjs $(PROGRAM) $(ARGS)

format:  ## clang-format every C++ file
	@git ls-files '*.h' '*.cc' | xargs clang-format -i

lint: setup configure  ## clang-tidy, rooms, style
	@$(PYTHON) scripts/check_layers.py
	@$(PYTHON) scripts/check_style.py
	@$(PYTHON) scripts/run_tidy.py build

clean:  ## remove the build
	@rm -rf build

pictures: build  ## the pictures of the README, made anew
	@scripts/pictures.sh $(PROGRAM)

page-pictures: setup build  ## the pictures of docs/page.md, made anew in headless Chromium
	@node scripts/page_pictures.mjs $(PROGRAM)

-include training/train.mk
