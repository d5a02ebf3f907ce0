# Jixia. `make run` installs what is missing, builds, loads Zibo and serves it; `make test` installs
# what is missing and runs every test. Out-of-tree objects in build/<variant>/.
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := all

VARIANT ?= release
B := build/$(VARIANT)
CC := gcc
PKGS := libmicrohttpd sqlite3 libpq expat libzip libsodium libcrypto libpcre2-8 yaml-0.1 freexl
CFLAGS_release := -O2
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
  -Wvla -Werror
HARDEN_release := -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS = -std=gnu17 -g $(WARN) $(CFLAGS_$(VARIANT)) $(HARDEN_$(VARIANT)) -D_GNU_SOURCE -Isrc -I. \
  -I$(B)/gen -pthread -fPIE -MMD -MP
LDFLAGS = -pie -Wl,-z,relro,-z,now -pthread $(filter -fsanitize%,$(CFLAGS_$(VARIANT)))
LDLIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lxlsxwriter -l:libbidgcc000.a -lm

LAYERS := base codec decimal feel dmn batch graph optim store city job http cli
SRC := $(foreach l,$(LAYERS),$(wildcard src/$(l)/*.c))
LIBSRC := $(filter-out src/cli/main.c,$(SRC))
TESTSRC := tests/main.c $(wildcard tests/unit/*.c)
OBJ := $(LIBSRC:%.c=$(B)/%.o)
TESTOBJ := $(TESTSRC:%.c=$(B)/%.o)
GEN := build/gen
GENERATED := $(GEN)/migrations.h $(GEN)/pinyin_table.h $(GEN)/zone_table.h $(GEN)/case_table.h \
  $(GEN)/block_table.h $(GEN)/openapi_json.h

.PHONY: all setup run serve test unit check format bench install smoke clean
all: build/jixia
FORCE:

# --- what the machine needs ---------------------------------------------------------------------
setup: build/.setup
build/.setup: tools/setup.sh
	@mkdir -p build
	@tools/setup.sh
	@touch $@

# --- programs -----------------------------------------------------------------------------------
build/jixia: build/.setup FORCE
	@$(MAKE) --no-print-directory VARIANT=release build/release/jixia
	@cmp -s build/release/jixia $@ || cp build/release/jixia $@

$(B)/jixia: $(OBJ) $(B)/src/cli/main.o
	@echo "link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/tests/run: $(OBJ) $(TESTOBJ) | build/tools/dec128
	@echo "link $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	@echo "cc $(VARIANT) $<"
	@$(CC) $(CFLAGS) -I$(GEN) -c -o $@ $<

# --- generated at build time --------------------------------------------------------------------
build/tools/dec128: tests/oracle/dec128.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu17 -O1 $(WARN) -Wno-conversion -o $@ $<

build/tools/%: tools/%.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu17 -O2 -g $(WARN) -D_GNU_SOURCE -o $@ $<

$(GEN)/migrations.h: build/tools/embed $(sort $(wildcard src/store/migrations/*.sql))
	@mkdir -p $(@D)
	@build/tools/embed MIGRATIONS $(filter %.sql,$^) >$@.tmp && mv $@.tmp $@

$(GEN)/openapi_json.h: build/tools/embed src/http/openapi.json
	@mkdir -p $(@D)
	@build/tools/embed OPENAPI src/http/openapi.json >$@.tmp && mv $@.tmp $@

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
# Its packages are installed once per lock file; it is built only when a source or the API changed.
WEB_SRC := src/http/openapi.json web/index.html web/package.json web/tsconfig.json \
  web/vite.config.mjs web/tools/budget.mjs $(wildcard web/public/*) \
  $(filter-out web/src/api.d.ts,$(wildcard web/src/*.* web/src/*/*.*))

.PHONY: web web-unit web-e2e
web: web/dist/index.html

web/node_modules/.installed: web/package-lock.json web/package.json web/.npmrc
	@echo "npm ci web"
	@cd web && npm ci --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.installed $(WEB_SRC)
	@echo "build web"
	@cd web && npm run --silent build
	@touch $@

web-unit: web/node_modules/.installed
	@cd web && npm test --silent

# Against a running server: JIXIA_URL, JIXIA_USER, JIXIA_PASSWORD, JIXIA_SHOTS (see web/e2e/app.mjs).
web-e2e: web/node_modules/.installed
	@cd web && npm run --silent e2e

# --- tests --------------------------------------------------------------------------------------
# One suite, quickly: make unit T=name VARIANT=asan
unit: $(B)/tests/run
	@$(B)/tests/run $(T)

clean:
	rm -rf build web/dist

-include $(OBJ:.o=.d) $(TESTOBJ:.o=.d) $(B)/src/cli/main.d
