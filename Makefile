# A thin front for CMake and Ninja. `make demo` and `make check` are all most people need; `make help` lists the rest.
# Packages that are missing are installed from tools/packages (Debian; as root or by sudo). HF_NO_INSTALL=1 forbids it.
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
WERROR ?= ON
FUZZ_SECONDS ?= 15
BENCH_PLOTS ?= build/bench/plots

# $(call configure,FOLDER,OPTIONS): the options stand in the folder's stamp, so changed ones configure again.
define configure
@mkdir -p build/$(1)
@if [ ! -f build/$(1)/build.ninja ] || [ "$$(cat build/$(1)/options 2>/dev/null)" != '$(2)' ]; then \
    cmake -S . -B build/$(1) -G Ninja $(2) >build/$(1)/configure.log 2>&1 || { cat build/$(1)/configure.log; exit 1; }; \
    echo '$(2)' >build/$(1)/options; fi
endef

RELEASE  = -DCMAKE_BUILD_TYPE=Release -DHF_TESTS=OFF -DHF_WERROR=OFF
CHECK    = -DCMAKE_BUILD_TYPE=RelWithDebInfo -DHF_SANITIZE=address,undefined -DHF_WERROR=$(WERROR)
TSAN     = -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DHF_SANITIZE=thread -DHF_WERROR=$(WERROR)
FUZZ     = -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DHF_FUZZ=ON -DHF_WERROR=$(WERROR)
BENCH    = $(RELEASE) -DHF_BENCH=ON
ANALYZE  = -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DHF_TESTS=OFF
COVERAGE = -DCMAKE_BUILD_TYPE=Debug -DHF_COVERAGE=ON -DHF_WERROR=OFF
FUZZED   = wire record stream datagram
FUZZ_COVERAGE = $(COVERAGE) "-DHF_COVERAGE_FOLDERS=wire;record;stream;datagram"

.PHONY: all demo check check-trixie check-bare tsan fuzz bench timing coverage fuzz-coverage memcheck prove prove-quick analyze format format-check clean help install-packages
all:
	@tools/install_packages build
	$(call configure,release,$(RELEASE))
	@ninja -C build/release --quiet -j $(JOBS)
	@if [ -x build/release/handfast ]; then echo "built: build/release/handfast"; fi

demo: all
	@build/release/handfast demo

check:
	@tools/install_packages build test
	$(call configure,check,$(CHECK))
	@ninja -C build/check --quiet -j $(JOBS)
	@ctest --test-dir build/check --output-on-failure -j $(JOBS); status=$$?; \
	    if [ -f build/check/peers/table.txt ]; then cat build/check/peers/table.txt; fi; exit $$status

check-trixie:
	@tools/install_packages root
	@tools/trixie

check-bare:
	@tools/install_packages root
	@HF_RELEASE=bookworm HF_FRESH=1 HF_COMMIT=HEAD tools/trixie demo check

tsan:
	@tools/install_packages build test ci
	$(call configure,tsan,$(TSAN))
	@ninja -C build/tsan --quiet -j $(JOBS) tests.threads
	@ctest --test-dir build/tsan --output-on-failure -L threads --no-tests=error

fuzz:
	@tools/install_packages build test ci
	$(call configure,fuzz,$(FUZZ))
	@ninja -C build/fuzz --quiet -j $(JOBS) fuzzers
	@tools/run_fuzzers build/fuzz $(FUZZ_SECONDS) $(FUZZ_OPTIONS)

bench:
	@tools/install_packages build bench
	$(call configure,bench,$(BENCH))
	@ninja -C build/bench --quiet -j $(JOBS) handfast_bench handfast_datagrams handfast_attacks
	@build/bench/bench/handfast-bench --json build/bench/results.json $(BENCH_OPTIONS)
	@build/bench/bench/handfast-datagrams
	@build/bench/bench/handfast-attacks
	@if command -v gnuplot >/dev/null; then bench/plot build/bench/results.json $(BENCH_PLOTS); fi

timing:
	@tools/install_packages build bench
	$(call configure,bench,$(BENCH))
	@ninja -C build/bench --quiet -j $(JOBS) handfast_timing
	@build/bench/bench/handfast-timing $(TIMING_OPTIONS)

coverage:
	@tools/install_packages build test ci
	$(call configure,coverage,$(COVERAGE))
	@ninja -C build/coverage --quiet -j $(JOBS)
	@find build/coverage -name '*.gcda' -delete
	@ctest --test-dir build/coverage --output-on-failure -j $(JOBS) -LE lint; status=$$?; \
	    tools/coverage build/coverage && exit $$status

fuzz-coverage:
	@tools/install_packages build test ci
	$(call configure,fuzz-coverage,$(FUZZ_COVERAGE))
	@ninja -C build/fuzz-coverage --quiet -j $(JOBS) fuzzers
	@find build/fuzz-coverage -name '*.gcda' -delete
	@ctest --test-dir build/fuzz-coverage --output-on-failure -j 1 -R '^fuzz\.' -E 'ships_nowhere' && \
	    tools/coverage build/fuzz-coverage $(FUZZED) --least 95

memcheck:
	@tools/install_packages build test
	$(call configure,memcheck,-DCMAKE_BUILD_TYPE=RelWithDebInfo -DHF_WERROR=$(WERROR))
	@ninja -C build/memcheck --quiet -j $(JOBS)
	@tools/memcheck build/memcheck $(MEMCHECK_FOLDERS)

prove:
	@if command -v cbmc >/dev/null || { apt-cache show cbmc >/dev/null 2>&1 && tools/install_packages prove; }; then \
	    proofs/run; else tools/install_packages root && tools/trixie prove; fi

prove-quick:
	@tools/install_packages prove
	@proofs/run --quick

analyze:
	@tools/install_packages build test ci
	$(call configure,analyze,$(ANALYZE))
	@tools/analyze build/analyze

format:
	@tools/install_packages ci
	@tools/format --write

format-check:
	@tools/install_packages ci
	@tools/format --check

clean:
	@rm -rf build

help:
	@echo "make            build build/release/handfast"
	@echo "make demo       build it and run 'handfast demo'"
	@echo "make check      build with ASan and UBSan, run every test"
	@echo "make check-trixie  make check in a Debian trixie of its own (root; kept in build/ or in HF_ROOTS)"
	@echo "make check-bare    make demo and make check of HEAD in a fresh, bare Debian bookworm (root)"
	@echo "make tsan       the tests labelled threads under ThreadSanitizer"
	@echo "make fuzz       each fuzzer for FUZZ_SECONDS=$(FUZZ_SECONDS); FUZZ_OPTIONS='--jobs 2 --ledger' and others"
	@echo "make bench      Handfast beside other TLS libraries; BENCH_OPTIONS='--only RSA' and others: --help; BENCH_PLOTS=docs/performance"
	@echo "make timing     whether paddings, MACs and premasters show in time; TIMING_OPTIONS='--only CBC' and others"
	@echo "make coverage   lines of src/ that the tests reach, by folder"
	@echo "make fuzz-coverage  lines of src/{wire,record,stream,datagram} that the fuzzers' corpora reach: 95 % at least"
	@echo "make memcheck   unit tests under valgrind; MEMCHECK_FOLDERS='base wire' and others"
	@echo "make prove      prove proofs/ with CBMC (in a Debian trixie of its own where this Debian has none)"
	@echo "make prove-quick   those of them that take seconds (needs trixie's CBMC)"
	@echo "make analyze    gcc -fanalyzer, clang-tidy and cppcheck over the library and the program"
	@echo "make format     format every C file;  make format-check only looks"
	@echo "make clean      remove build/"
