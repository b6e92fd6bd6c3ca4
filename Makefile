# Everything that one does with Sluice by one word. `make` alone lists the words.

# The image and the releases link Swift's runtime in too, so that what is run here is what is shipped.
RELEASE = swift build -c release --product sluice --static-swift-stdlib
SOURCES = Package.swift Sources Tests
CERTIFICATES = var/certs

# A process that crashes must end at once, not hand its pipes to a backtrace program that may hang.
export SWIFT_BACKTRACE = enable=no

.PHONY: help run build test bench format lint packages clean toolchain

help:
	@echo 'make run       install what is missing, build, make certificates, and show Sluice at work until Ctrl-C'
	@echo 'make test      install what the tests need, and run them all'
	@echo 'make bench     measure Sluice beside the prototype and Mosquitto (BENCH="--help" for its options)'
	@echo 'make build     build .build/release/sluice'
	@echo 'make format    format the sources'
	@echo 'make lint      check format and style'
	@echo 'make packages  install the Debian packages for all of these'
	@echo 'make clean     remove what was built (certificates in $(CERTIFICATES) stay)'
	@echo 'PACKAGES=no    with any of these: install nothing'

# First of all, and without anything else installed: is there a Swift that can build this?
toolchain:
	@sh .ci/check-swift

run: toolchain
	@sh .ci/install-packages run
	$(RELEASE)
	@.build/release/sluice certificates development --out $(CERTIFICATES)
	@.build/release/sluice demonstration --config config/development/sluice.yaml

build: toolchain
	@sh .ci/install-packages build
	$(RELEASE)

test: toolchain
	@sh .ci/install-packages test
	swift build --build-tests
	swift test --skip-build

bench: toolchain
	@sh .ci/install-packages bench
	@Benchmarks/run $(BENCH)

format: toolchain
	swift format format --in-place --parallel --recursive $(SOURCES)

lint: toolchain
	@sh .ci/check-format $(SOURCES)
	swift format lint --strict --parallel --recursive $(SOURCES)

packages:
	@sh .ci/install-packages all

clean:
	rm -rf .build Benchmarks/prototype/.build var/bench
