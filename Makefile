# Everything that one does with Sluice by one word. `make` alone lists the words.

# The image and the releases link Swift's runtime in too, so that what is run here is what is shipped.
RELEASE = swift build -c release --product sluice --static-swift-stdlib
SOURCES = Package.swift Sources Tests
CERTIFICATES = var/certs
SANITIZERS = address thread
SANITIZED_address = EventLoop|TLS|HTTPServer|KafkaClient|MQTTCodec|BrokerCore|KafkaBridge|Transport
# Without those that run librdkafka, whose threads the thread sanitizer doesn't see being made, and crashes.
SANITIZED_thread = EventLoop|TLS|HTTPServer|MQTTCodec|BrokerCore|Transport

# A process that crashes must end at once, not hand its pipes to a backtrace program that may hang.
export SWIFT_BACKTRACE = enable=no

.PHONY: help run build test fuzz sanitize bench format lint packages clean toolchain

help:
	@echo 'make run       install what is missing, build, make certificates, and show Sluice at work until Ctrl-C'
	@echo 'make test      install what the tests need, and run them all'
	@echo 'make fuzz      feed what reads and writes bytes with odd ones, a minute each (FUZZ_SECONDS=600, FUZZ="--help")'
	@echo 'make sanitize  run the tests of what holds memory and threads with the address and the thread sanitizer'
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

fuzz: toolchain
	@sh .ci/install-packages fuzz
	@Tests/Fuzzing/run $(FUZZ)

# Each sanitizer has a build folder of its own. XCTest, which has no tests here, leaks by itself; so do tests that build
# objects in circles and end, which is why leaks are left to MemoryTests.
sanitize: toolchain
	@sh .ci/install-packages test
	@$(MAKE) --no-print-directory $(SANITIZERS:%=sanitize-%)

sanitize-%:
	swift build --build-tests --sanitize=$* --scratch-path .build-$*
	ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=suppressions=$(CURDIR)/.ci/thread-sanitizer \
	  swift test --skip-build --disable-xctest --sanitize=$* --scratch-path .build-$* \
	  --filter '^($(SANITIZED_$*))Tests\.'

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
	rm -rf .build Benchmarks/prototype/.build Benchmarks/codec/.build var/bench var/fuzz/build var/fuzz/bin
