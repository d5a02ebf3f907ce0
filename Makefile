# Jixia. `make run` installs what is missing, builds, loads Zibo and serves it; `make test` installs
# what is missing and runs every test. Out-of-tree objects in build/<variant>/.
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := all

VARIANT ?= release
B := build/$(VARIANT)
CC := $(if $(filter fuzz,$(VARIANT)),clang-14,gcc)
PKGS := libmicrohttpd libcurl sqlite3 libpq expat libzip libqrencode libsodium libcrypto libpcre2-8 yaml-0.1 freexl
CFLAGS_release := -O2
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer
CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
  -fno-omit-frame-pointer -Wno-error -w
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
  -Wvla -Werror
CFLAGS_lib := -O2 -ffunction-sections -fdata-sections -fvisibility=hidden
PIC_lib := -fPIC
HARDEN_lib := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
HARDEN_release := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS = -std=gnu17 -g $(WARN) $(CFLAGS_$(VARIANT)) $(HARDEN_$(VARIANT)) -D_GNU_SOURCE -Isrc -I. \
  -Iinclude -I$(B)/gen -pthread $(or $(PIC_$(VARIANT)),-fPIE) -MMD -MP
LDFLAGS = -pie -Wl,-z,relro,-z,now -pthread $(filter -fsanitize%,$(CFLAGS_$(VARIANT)))
LDLIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lxlsxwriter -l:libbidgcc000.a -lm

LAYERS := base codec decimal feel dmn batch graph optim store city job http cli
SRC := $(foreach l,$(LAYERS),$(wildcard src/$(l)/*.c src/$(l)/*/*.c))
LIBSRC := $(filter-out src/cli/main.c,$(SRC))
TESTSRC := tests/main.c tests/oracle/ops.c tools/tzif.c $(wildcard tests/*_fixture.c tests/unit/*.c)
OBJ := $(LIBSRC:%.c=$(B)/%.o)
TESTOBJ := $(TESTSRC:%.c=$(B)/%.o)
THREADSRC := tests/main.c $(wildcard tests/*_fixture.c) \
  $(foreach n,server store_db journal library,$(wildcard tests/unit/test_$(n)*.c))
THREADOBJ := $(THREADSRC:%.c=$(B)/%.o)
GEN := build/gen
GENERATED := $(GEN)/migrations.h $(GEN)/pinyin_table.h $(GEN)/zone_table.h $(GEN)/case_table.h \
  $(GEN)/block_table.h $(GEN)/openapi_json.h $(GEN)/bundle_reader_html.h

# Several compilers at a time, also when make was called without -j.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
SUB = $(MAKE) -s --no-print-directory $(PARALLEL)

.PHONY: all oracle fuzz setup web web-unit web-e2e run test unit check tidied formatted linted \
  format bench load install install-library smoke clean
all: build/jixia
FORCE:

# --- what the machine needs ---------------------------------------------------------------------
setup: build/.setup
build/.setup: tools/setup.sh
	@mkdir -p build
	@tools/setup.sh
	@touch $@

# --- programs -----------------------------------------------------------------------------------
build/jixia: build/.setup build/.web FORCE
	@+$(SUB) VARIANT=release build/release/jixia
	@cmp -s build/release/jixia $@ || { cp build/release/jixia $@.new && mv $@.new $@; }

$(B)/jixia: $(OBJ) $(B)/src/cli/main.o
	@echo "link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Transcripts and faults run the program itself, so it is built first.
$(B)/tests/run: $(OBJ) $(TESTOBJ) | build/tools/dec128 $(B)/jixia build/suite/.made
	@echo "link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Tables and expressions with their values, from an oracle of their own: see tests/unit/test_suite.c.
build/suite/.made: $(wildcard tests/suite/*.py)
	@mkdir -p $(@D)
	@python3 -B tests/suite/generate.py $(@D)
	@touch $@

# The tests of what runs in threads, for the thread sanitizer.
$(B)/tests/threads: $(OBJ) $(THREADOBJ)
	@echo "link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Random decimal operations for the oracle: see tests/oracle/run.sh.
$(B)/tests/ops: $(filter $(B)/src/base/% $(B)/src/decimal/%,$(OBJ)) $(B)/tests/oracle/ops.o \
  $(B)/tests/oracle/ops_main.o
	@echo "link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	@echo "cc $(VARIANT) $<"
	@$(CC) $(CFLAGS) -I$(GEN) -c -o $@ $<

# --- the decision engine as a library: include/jixia/dmn.h --------------------------------------
# Only what the engine needs of base and codec; every symbol but jx_dmn_* is local.
ENGINE := $(patsubst %,src/base/%.c,arena buf date err map rng str utf8) \
  $(patsubst %,src/codec/%.c,json json_write xml) $(wildcard src/decimal/*.c src/feel/*.c) \
  $(filter-out src/dmn/tck.c,$(wildcard src/dmn/*.c))
ENGINEOBJ := $(ENGINE:%.c=$(B)/%.o)
ENGINELIBS := -lexpat -lpcre2-8 -l:libbidgcc000.a -lm
LIBRARY := build/lib/libjixia-dmn.so.0 build/lib/libjixia-dmn.a

.PHONY: library
library: build/.setup
	@+$(SUB) VARIANT=lib $(LIBRARY)

build/lib/libjixia-dmn.so.0: $(ENGINEOBJ) src/dmn/library.map
	@echo "link $@"
	@$(CC) -shared -Wl,-soname,$(@F) -Wl,--version-script=src/dmn/library.map -Wl,-z,defs \
	  -Wl,-z,relro,-z,now -Wl,--gc-sections -Wl,--as-needed -o $@ $(ENGINEOBJ) $(ENGINELIBS)

build/lib/libjixia-dmn.a: $(ENGINEOBJ)
	@echo "archive $@"
	@$(CC) -r -nostdlib -o $(@D)/jixia-dmn.o $^ -l:libbidgcc000.a
	@objcopy --wildcard --keep-global-symbol='jx_dmn_*' $(@D)/jixia-dmn.o
	@rm -f $@ && ar rcs $@ $(@D)/jixia-dmn.o

# --- generated at build time --------------------------------------------------------------------
build/tools/dec128: tests/oracle/dec128.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu17 -O1 $(WARN) -Wno-conversion -o $@ $<

# The wall clock of a server under test; no part of the program.
build/tests/moved_clock.so: tests/moved_clock.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu17 -O2 -g $(WARN) -D_GNU_SOURCE -fPIC -shared -o $@ $<

build/tools/%: tools/%.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu17 -O2 -g $(WARN) -D_GNU_SOURCE -o $@ $<

build/tools/zones: tools/zones.c tools/tzif.c tools/tzif.h
	@mkdir -p $(@D)
	@$(CC) -std=gnu17 -O2 -g $(WARN) -D_GNU_SOURCE -I. -o $@ tools/zones.c tools/tzif.c

$(GEN)/migrations.h: build/tools/embed $(sort $(wildcard src/store/migrations/*.sql))
	@mkdir -p $(@D)
	@build/tools/embed MIGRATIONS $(filter %.sql,$^) >$@.tmp && mv $@.tmp $@

$(GEN)/openapi_json.h: build/tools/embed src/http/openapi.json
	@mkdir -p $(@D)
	@build/tools/embed OPENAPI src/http/openapi.json >$@.tmp && mv $@.tmp $@

# The page that shows a sealed bundle.
$(GEN)/bundle_reader_html.h: build/tools/embed src/city/bundle/reader.html
	@mkdir -p $(@D)
	@build/tools/embed BUNDLE_READER src/city/bundle/reader.html >$@.tmp && mv $@.tmp $@

# The web app; without Node.js output yet (a first build of tests) the server has no pages.
$(GEN)/web_assets.h: build/tools/embed $(wildcard web/dist/index.html)
	@mkdir -p $(@D) web/dist
	@find web/dist -type f -size +1k ! -name '*.gz' -exec gzip -9 -n -k -f {} +
	@build/tools/embed WEB_ASSETS web/dist >$@.tmp && mv $@.tmp $@

$(B)/src/http/assets.o: $(GEN)/web_assets.h

$(GEN)/pinyin_table.h: build/tools/pinyin
	@mkdir -p $(@D)
	@build/tools/pinyin /usr/share/unicode/Unihan_Readings.txt.bz2 >$@.tmp && mv $@.tmp $@

$(GEN)/zone_table.h: build/tools/zones
	@mkdir -p $(@D)
	@build/tools/zones /usr/share/zoneinfo >$@.tmp && mv $@.tmp $@

$(GEN)/case_table.h: build/tools/unicode
	@mkdir -p $(@D)
	@build/tools/unicode case /usr/share/unicode >$@.tmp && mv $@.tmp $@

$(GEN)/block_table.h: build/tools/unicode
	@mkdir -p $(@D)
	@build/tools/unicode blocks /usr/share/unicode >$@.tmp && mv $@.tmp $@

# --- the web app --------------------------------------------------------------------------------
WEBSRC := $(shell find web -type d \( -name node_modules -o -name dist -o -name .build \) -prune \
  -o -type f ! -name api.d.ts -print)
web: build/.web

# npm's own tests; the browser suite wants a running server: JIXIA_URL, JIXIA_USER, JIXIA_PASSWORD
# (see web/e2e/app.mjs), which tests/e2e.sh provides.
web-unit: build/.npm
	@npm --prefix web test --silent

web-e2e: build/.npm
	@npm --prefix web run --silent e2e

build/.npm: web/package.json web/package-lock.json web/.npmrc | build/.setup
	@echo "npm ci"
	@cd web && npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

build/.web: $(WEBSRC) src/http/openapi.json build/.npm
	@echo "web app"
	@mkdir -p build
	@cd web && npm run --silent build >../build/web.log 2>&1 || { cat ../build/web.log; exit 1; }
	@touch $@

# --- run and install ----------------------------------------------------------------------------
PORT ?= 8080
BIND ?= 127.0.0.1
JIXIA_DATA ?= $(CURDIR)/data
export JIXIA_DATA

run: build/jixia
	@mkdir -p $(JIXIA_DATA)
	@build/jixia init
	@echo $$$$ >$(JIXIA_DATA)/jixia.pid; exec build/jixia serve --port $(PORT) --bind $(BIND)

smoke: build/jixia
	@tests/smoke.sh

PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share
LIBDIR = $(DESTDIR)$(PREFIX)/lib
install: build/jixia build/jixia.1 install-library
	install -D -m 755 build/jixia $(DESTDIR)$(PREFIX)/bin/jixia
	install -D -m 644 build/jixia.1 $(SHARE)/man/man1/jixia.1
	mkdir -p $(SHARE)/jixia
	cp -R packs $(SHARE)/jixia/

build/jixia.1: tools/man.sh build/jixia
	@tools/man.sh build/jixia >$@.tmp && mv $@.tmp $@

install-library: library
	install -D -m 644 include/jixia/dmn.h $(DESTDIR)$(PREFIX)/include/jixia/dmn.h
	install -D -m 644 build/lib/libjixia-dmn.a $(LIBDIR)/libjixia-dmn.a
	install -D -m 755 build/lib/libjixia-dmn.so.0 $(LIBDIR)/libjixia-dmn.so.0
	ln -sf libjixia-dmn.so.0 $(LIBDIR)/libjixia-dmn.so
	install -D -m 644 src/dmn/jixia-dmn.pc $(LIBDIR)/pkgconfig/jixia-dmn.pc
	install -D -m 644 docs/jixia-dmn.3 $(SHARE)/man/man3/jixia-dmn.3

# A round of 5,000 candidates with 50 people at work; p95 over 300 ms fails. See bench/README.md.
LOAD ?= --seconds 60 --think 1000 250 --conclude
load: build/jixia build/bench/load
	@python3 bench/load.py build/jixia build/bench/load build/load $(LOAD)

bench: build/jixia build/bench/engine build/bench/table
	@bench/run.sh

build/bench/%: build/release/jixia bench/%.c
	@+$(SUB) VARIANT=release build/release/bench/$*
	@mkdir -p $(@D) && cp build/release/bench/$* $@

.SECONDARY: $(B)/bench/engine.o $(B)/bench/table.o $(B)/bench/load.o
$(B)/bench/%: $(OBJ) $(B)/bench/%.o
	@echo "link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# --- tests --------------------------------------------------------------------------------------
test: build/.setup build/.web
	@+$(SUB) VARIANT=asan build/asan/tests/run build/asan/tests/ops build/asan/jixia build/tools/tidy \
	  build/tests/moved_clock.so
	@+$(SUB) VARIANT=tsan build/tsan/tests/threads
	@+$(SUB) VARIANT=lib $(LIBRARY)
	@tests/all.sh

# Each decimal function against Python's decimal: make oracle N=1000000
N ?= 1000000
oracle: build/.setup
	@+$(SUB) VARIANT=release build/release/tests/ops
	@tests/oracle/run.sh build/release/tests/ops $(N)

# Fuzz targets (libFuzzer): make fuzz SECONDS=60 [T=xml]. See tests/fuzz/run.sh.
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
SECONDS ?= 60
fuzz: build/.setup
	@+$(SUB) VARIANT=fuzz $(FUZZERS:%=build/fuzz/run/%)
	@tests/fuzz/run.sh $(SECONDS) $(or $(T),$(FUZZERS))

FUZZOBJ := $(filter $(foreach l,base codec decimal feel dmn,$(B)/src/$(l)/%) \
  $(B)/src/job/table.o $(B)/src/job/xls.o,$(OBJ)) $(B)/tools/tzif.o $(B)/tests/fuzz/fuzz.o
$(B)/run/%: $(FUZZOBJ) $(B)/tests/fuzz/fuzz_%.o
	@mkdir -p $(@D)
	@echo "link $@"
	@$(CC) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS)

# One suite, quickly: make unit T=name VARIANT=asan
unit: $(B)/tests/run
	@$(B)/tests/run $(T)

# --- checks -------------------------------------------------------------------------------------
CFILES := $(wildcard $(LAYERS:%=src/%/*.[ch]) $(LAYERS:%=src/%/*/*.[ch]) include/jixia/*.h examples/*.c tests/*.[ch] \
  tests/unit/*.[ch] tests/oracle/*.[ch] tests/fuzz/*.[ch] \
  tools/*.[ch] bench/*.c)
check: build/.setup build/.web
	@+$(SUB) VARIANT=release build/tools/tidy $(SRC:%.c=build/release/%.o) \
	  $(patsubst %.c,build/release/%.o,$(wildcard tests/fuzz/*.c))
	@+$(SUB) -k VARIANT=release tidied formatted linted
	@echo "check: clean"

tidied: build/tools/tidy
	@build/tools/tidy

formatted:
	@clang-format-14 --dry-run -Werror $(CFILES)

# clang-tidy sees a file again when its object was made again: its source or a header changed.
linted: $(SRC:%.c=build/lint/%.ok)
build/lint/%.ok: build/release/%.o .clang-tidy
	@mkdir -p $(@D)
	@echo "lint $*.c"
	@clang-tidy-14 --quiet --warnings-as-errors='*' $*.c -- -std=gnu17 -D_GNU_SOURCE -Isrc -I. \
	  -Iinclude -I$(GEN) 2>$(@D)/$(*F).log || { cat $(@D)/$(*F).log; exit 1; }
	@touch $@

format:
	clang-format-14 -i $(CFILES)

clean:
	rm -rf build web/dist

-include $(OBJ:.o=.d) $(TESTOBJ:.o=.d) $(THREADOBJ:.o=.d) \
  $(B)/tests/oracle/ops_main.d $(FUZZOBJ:.o=.d) $(FUZZERS:%=$(B)/tests/fuzz/fuzz_%.d) $(B)/src/cli/main.d $(B)/bench/engine.d $(B)/bench/table.d $(B)/bench/load.d
