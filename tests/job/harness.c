#include "tests/job/harness.h"
#include "src/link/pins.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <string.h>

#define ADAPTER "FTHARNESS"
#define FIRMWARE_AT 0x200

static const HarnessOptions defaults;

static guint32
crc32_ieee (const guint8 *bytes, gsize length)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320 : 0);
  }
  return ~crc;
}

static void
put_u32 (guint8 *at, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    at[i] = (guint8) (value >> (8 * i));
}

guint64
harness_serial_address (const StnTarget *target)
{
  StnPage last;

  g_assert_true (stn_target_page (target, stn_target_page_count (target) - 1, &last));
  return last.address;
}

/* Vectors, the firmware descriptor that the bench's application follows, and noise with a stretch of erased bytes. */
static GByteArray *
make_image (const StnTarget *target, guint length)
{
  GByteArray *image = g_byte_array_sized_new (length);
  GRand *noise = g_rand_new_with_seed (length);
  static const char text[] = "READY %s\r\n";
  guint32 base = (guint32) target->flash_base;

  g_assert_cmpuint (length, >=, FIRMWARE_AT + 64);
  g_byte_array_set_size (image, length);
  for (guint i = 0; i < length; i++)
    image->data[i] = (guint8) g_rand_int (noise);
  g_rand_free (noise);
  if (length > 2600)
    memset (image->data + 1500, target->erased_byte, 800);
  put_u32 (image->data, (guint32) (target->ram_base + target->ram_bytes));
  put_u32 (image->data + 4, base + 0x101);
  guint8 *descriptor = image->data + FIRMWARE_AT;
  memcpy (descriptor, "STNFWD1\0", 8);
  put_u32 (descriptor + 8, (guint32) harness_serial_address (target));
  put_u32 (descriptor + 12, 115200);
  put_u32 (descriptor + 16, 5);
  put_u32 (descriptor + 20, base + FIRMWARE_AT + 32);
  put_u32 (descriptor + 24, crc32_ieee (descriptor, 24));
  memcpy (descriptor + 32, text, sizeof text);
  return image;
}

static void
write_job (Harness *self)
{
  const HarnessOptions *options = &self->options;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *image_path = g_build_filename (self->folder, "app.bin", NULL);
  g_autofree char *job_path = g_build_filename (self->folder, "job.yaml", NULL);
  g_autoptr (GError) error = NULL;

  g_string_append_printf (text, "job: Harness\nrevision: 3\ntarget: %s\n", self->target->name);
  g_string_append_printf (text, "images:\n  - { name: app, file: app.bin, address: 0x%08" G_GINT64_MODIFIER "X }\n",
                          self->target->flash_base);
  if (!options->no_serial)
    g_string_append_printf (text,
                            "unit:\n  serial: { from: counter, pattern: \"T-{seq:06}\" }\n"
                            "  data:\n    - { address: 0x%08" G_GINT64_MODIFIER
                            "X, value: \"{serial}\", encoding: ascii, size: 24, pad: 0x00 }\n",
                            harness_serial_address (self->target));
  g_string_append_printf (text, "boot-check: %s\n",
                          options->boot_check != NULL ? options->boot_check
                          : options->no_serial        ? "{ uart: \"READY\", within: 2 s }"
                                                      : "{ uart: \"READY {serial}\", within: 2 s }");
  /* a part that is shipped without its pin stays so, unless the test says otherwise */
  if (options->job_lines == NULL || strstr (options->job_lines, "boot: {") == NULL)
    g_string_append (text, "boot: { rom-entry: as-shipped }\n");
  if (options->job_lines != NULL)
    g_string_append (text, options->job_lines);
  g_assert_true (g_file_set_contents (image_path, (const char *) self->image->data, self->image->len, &error));
  g_assert_true (g_file_set_contents (job_path, text->str, (gssize) text->len, &error));
  self->job = stn_job_load (job_path, &error);
  g_assert_no_error (error);
}

static char *
uart_place (guint site)
{
  return g_strdup_printf ("/dev/serial/by-path/harness-port%u", site);
}

static char *
usb_place (guint site)
{
  return g_strdup_printf ("pci-0000:00:14.0-usb-0:1.4.%u", site + 1);
}

static gboolean
is_usb_site (const Harness *self, guint site)
{
  return site + self->options.usb_sites >= self->options.sites;
}

static gboolean
has_usb_plug (const Harness *self, guint site)
{
  return is_usb_site (self, site) || self->options.usb_unused;
}

static gboolean
has_uart (const Harness *self, guint site)
{
  return !is_usb_site (self, site) || !self->options.usb_alone;
}

/* Lines of a site: eight sites use AC0..AC7 for NRST, AD0..AD7 for BOOT0; power is on a second adapter. */
static guint
nrst_bit (const Harness *self, guint site)
{
  return self->options.shared_lines ? 8 : 8 + site % 8;
}

static guint
boot0_bit (const Harness *self, guint site)
{
  return self->options.shared_lines ? 0 : site % 8;
}

static char *
adapter_place (guint number)
{
  return g_strdup_printf (ADAPTER "%u", number);
}

static guint
adapter_of_site (const Harness *self, guint site)
{
  return self->options.shared_lines ? 0 : site / 8;
}

Harness *
harness_new (const HarnessOptions *options)
{
  Harness *self = g_new0 (Harness, 1);
  g_autoptr (GError) error = NULL;

  self->options = options != NULL ? *options : defaults;
  if (self->options.part == NULL)
    self->options.part = "STM32G071xB";
  if (self->options.sites == 0)
    self->options.sites = 1;
  if (self->options.image_bytes == 0)
    self->options.image_bytes = 3000;
  self->clock = self->options.real_clock ? stn_clock_new_real () : stn_clock_new_virtual ();
  self->targets = stn_targets_new (NULL, &error);
  g_assert_no_error (error);
  self->target = stn_targets_find (self->targets, self->options.part, &error);
  g_assert_no_error (error);
  self->folder = g_dir_make_tmp ("station-harness-XXXXXX", &error);
  g_assert_no_error (error);
  self->image = make_image (self->target, self->options.image_bytes);

  self->config = stn_bench_config_new ();
  stn_bench_config_set_seed (self->config, 42);
  stn_bench_config_set_pace (self->config, self->options.paced, self->options.paced, 0);
  for (guint i = 0; i < self->options.sites; i++) {
    g_autofree char *board = g_strdup_printf ("A%u", i + 1);
    g_autofree char *uart = uart_place (i);
    g_autofree char *adapter = adapter_place (adapter_of_site (self, i));

    g_assert_true (stn_bench_config_add_board (self->config, board, self->options.part, &error));
    g_assert_true (stn_bench_config_add_uart (self->config, uart, board, &error));
    if (has_usb_plug (self, i)) {
      g_autofree char *port = g_strdup_printf ("1.4.%u", i + 1);
      gboolean has_words = self->options.usb_words_site == 0 || self->options.usb_words_site == i + 1;
      g_assert_true (
          stn_bench_config_add_usb (self->config, port, board, has_words ? self->options.usb_words : NULL, &error));
    }
    if (!self->options.no_nrst)
      g_assert_true (stn_bench_config_add_line (self->config, adapter, stn_pin_name (nrst_bit (self, i)), board, "nrst",
                                                TRUE, &error));
    g_assert_true (stn_bench_config_add_line (self->config, adapter, stn_pin_name (boot0_bit (self, i)), board, "boot0",
                                              FALSE, &error));
    if (self->options.power) {
      g_autofree char *switches = g_strdup_printf ("FTPOWER%u", i / 16);
      g_assert_true (
          stn_bench_config_add_line (self->config, switches, stn_pin_name (i % 16), board, "power", FALSE, &error));
      if (self->options.power_lines) {
        g_assert_true (
            stn_bench_config_add_line (self->config, "FTSENSE", stn_pin_name (i), board, "good", FALSE, &error));
        g_assert_true (
            stn_bench_config_add_line (self->config, "FTSENSE", stn_pin_name (i + 8), board, "fault", TRUE, &error));
      }
    }
  }
  return self;
}

static StnAdapter *
open_adapter (Harness *self, const char *place, guint32 used, guint32 rest)
{
  g_autoptr (GError) error = NULL;
  StnWait wait = stn_wait_new (self->clock, 5 * STN_NS_PER_S, NULL);
  StnLink *pins = self->provider->provider_class->open_pins (self->provider, place, &wait, &error);
  g_assert_no_error (error);
  StnAdapter *adapter = stn_adapter_new (pins, used, rest, self->clock, &wait, &error);
  g_assert_no_error (error);
  g_ptr_array_add (self->adapters, adapter);
  return adapter;
}

/* The bench's provider with the test's wrapper over each UART. */
typedef struct {
  StnProvider provider;
  Harness *harness;
  int warnings; /* atomic */
} WrappingProvider;

static StnLink *
open_wrapped_uart (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  Harness *harness = ((WrappingProvider *) provider)->harness;
  StnLink *link = harness->provider->provider_class->open_uart (harness->provider, place, wait, error);

  if (harness->options.warning != NULL)
    g_atomic_int_inc (&((WrappingProvider *) provider)->warnings);
  return link != NULL && harness->options.wrap != NULL ? harness->options.wrap (link) : link;
}

static char *
take_warning (StnProvider *provider)
{
  WrappingProvider *self = (WrappingProvider *) provider;
  int left = g_atomic_int_get (&self->warnings);

  if (left == 0 || !g_atomic_int_compare_and_exchange (&self->warnings, left, left - 1))
    return NULL;
  return g_strdup (self->harness->options.warning);
}

static const StnProviderClass wrapping_class = { .kind = "wrapping",
                                                 .is_virtual = TRUE,
                                                 .open_uart = open_wrapped_uart,
                                                 .take_warning = take_warning };

static StnProvider *
uart_provider (Harness *self)
{
  if (self->options.wrap == NULL && self->options.warning == NULL)
    return self->provider;
  if (self->wrapping == NULL) {
    WrappingProvider *wrapping = g_new0 (WrappingProvider, 1);
    wrapping->provider.provider_class = &wrapping_class;
    wrapping->harness = self;
    self->wrapping = &wrapping->provider;
  }
  return self->wrapping;
}

static void
build_sites (Harness *self)
{
  const HarnessOptions *options = &self->options;
  StnAdapter *lines[8] = { NULL }, *switches[4] = { NULL }, *sense = NULL;

  self->adapters = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_adapter_free);
  self->sites = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_site_free);
  if (options->shared_lines)
    self->group = stn_line_group_new (self->clock);
  for (guint i = 0; i < options->sites; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    StnSite *site = stn_site_new (name, "A");
    guint number = adapter_of_site (self, i);

    if (lines[number] == NULL) {
      g_autofree char *place = adapter_place (number);
      /* at rest NRST (AC) is released and BOOT0 (AD) low */
      lines[number] = open_adapter (self, place, options->no_nrst ? 0x00ff : 0xffff, options->no_nrst ? 0 : 0xff00);
    }
    if (has_uart (self, i)) {
      site->uart_provider = uart_provider (self);
      site->uart_place = uart_place (i);
    }
    if (has_usb_plug (self, i)) {
      site->usb_provider = self->provider;
      site->usb_place = usb_place (i);
      site->program_by = is_usb_site (self, i) ? STN_PROGRAM_BY_USB : STN_PROGRAM_BY_AUTO;
    }
    if (!options->no_nrst)
      site->nrst = (StnLine){ .adapter = lines[number], .bit = nrst_bit (self, i), .active_low = TRUE };
    site->boot0 = (StnLine){ .adapter = lines[number], .bit = boot0_bit (self, i) };
    if (options->power) {
      if (switches[i / 16] == NULL) {
        g_autofree char *place = g_strdup_printf ("FTPOWER%u", i / 16);
        switches[i / 16] = open_adapter (self, place, 0xffff, 0);
      }
      site->power = (StnLine){ .adapter = switches[i / 16], .bit = i % 16 };
      if (options->power_lines) {
        if (sense == NULL)
          sense = open_adapter (self, "FTSENSE", 0, 0);
        site->good = (StnLine){ .adapter = sense, .bit = i };
        site->fault = (StnLine){ .adapter = sense, .bit = i + 8, .active_low = TRUE };
      }
      site->power_off_ns = 500 * STN_NS_PER_MS;
      site->power_settle_ns = 50 * STN_NS_PER_MS;
    }
    site->turn_ns = i * options->stagger_ns;
    site->group = self->group;
    site->shares_nrst = site->shares_boot0 = options->shared_lines;
    site->adapters_text = g_strdup_printf ("uart=%s", site->uart_place);
    g_ptr_array_add (self->sites, site);
  }
}

static void
build_runner (Harness *self, StnFaultPlan *faults, const StnRecovery *recovery)
{
  g_autofree StnRunnerSite *rows = g_new0 (StnRunnerSite, self->sites->len);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->sites->len; i++)
    rows[i] =
        (StnRunnerSite){ .site = self->sites->pdata[i], .plan = is_usb_site (self, i) ? self->usb_plan : self->plan };
  StnRunnerConfig config = {
    .clock = self->clock,
    .ledger = self->ledger,
    .events = self->events,
    .faults = faults,
    .recovery = recovery,
    .run_base = self->run_base,
    .sites = rows,
    .site_count = self->sites->len,
  };
  self->runner = stn_runner_new (&config, &error);
  g_assert_no_error (error);
}

void
harness_build (Harness *self)
{
  g_autoptr (GError) error = NULL;

  self->bench = stn_bench_new (self->config, self->targets, self->clock, &error);
  g_assert_no_error (error);
  self->provider = stn_bench_provider_new (self->bench);
  write_job (self);
  build_sites (self);
  StnWiring wiring = stn_site_wiring (self->sites->pdata[0]);
  self->plan = stn_plan_new (self->job, self->targets, NULL, &wiring, &error);
  if (self->plan == NULL && self->options.may_be_refused) {
    self->refusal = g_steal_pointer (&error);
    return;
  }
  g_assert_no_error (error);
  if (self->options.usb_sites > 0) {
    wiring = stn_site_wiring (self->sites->pdata[self->sites->len - 1]);
    self->usb_plan = stn_plan_new (self->job, self->targets, NULL, &wiring, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (self->usb_plan->engine_class->name, ==, "dfu");
  }
  self->ledger = self->options.ledger != NULL ? self->options.ledger : stn_ledger_memory_new ();
  self->events = stn_event_queue_new (NULL, NULL);
  self->run_base = stn_run_new ();
  self->run_base->job_name = g_strdup (self->job->name);
  self->run_base->job_revision = self->job->revision;
  self->run_base->production_day = g_strdup ("2026-11-22");
  self->run_base->is_virtual = TRUE;
  build_runner (self, self->options.faults, NULL);
}

void
harness_set_recovery (Harness *self, const StnRecovery *recovery)
{
  stn_runner_free (self->runner);
  build_runner (self, NULL, recovery);
}

const StnCycleSummary *
harness_cycle (Harness *self)
{
  stn_runner_start (self->runner);
  if (!stn_runner_wait (self->runner, 60000))
    g_error ("the cycle hangs");
  return stn_runner_summary (self->runner);
}

void
harness_free (Harness *self)
{
  if (self == NULL)
    return;
  stn_runner_free (self->runner);
  g_clear_error (&self->refusal);
  g_clear_pointer (&self->adapters, g_ptr_array_unref);
  g_clear_pointer (&self->sites, g_ptr_array_unref);
  stn_line_group_free (self->group);
  stn_plan_unref (self->plan);
  stn_plan_unref (self->usb_plan);
  stn_job_unref (self->job);
  stn_ledger_free (self->ledger);
  if (self->events != NULL)
    stn_event_queue_free (self->events);
  stn_run_free (self->run_base);
  g_free (self->wrapping);
  stn_provider_free (self->provider);
  stn_bench_free (self->bench);
  stn_bench_config_free (self->config);
  stn_targets_free (self->targets);
  stn_clock_unref (self->clock);
  remove_folder (self->folder);
  g_free (self->folder);
  g_byte_array_unref (self->image);
  g_free (self);
}

const StnResult *
harness_result (Harness *self, const char *site)
{
  const GPtrArray *runs = stn_ledger_memory_runs (self->ledger);
  const GPtrArray *results = stn_ledger_memory_results (self->ledger);

  for (guint r = results->len; r-- > 0;) {
    const StnResult *result = results->pdata[r];
    for (guint i = 0; i < runs->len; i++) {
      const StnRun *run = runs->pdata[i];
      if (g_str_equal (run->run_id, result->run_id) && g_str_equal (run->site, site))
        return result;
    }
  }
  return NULL;
}

const StnStepRecord *
harness_step (const StnResult *result, StnStepKind kind)
{
  for (guint i = 0; i < result->steps->len; i++) {
    const StnStepRecord *step = result->steps->pdata[i];
    if (step->kind == kind)
      return step;
  }
  return NULL;
}

gboolean
harness_flash_is_right (Harness *self, const char *board, const char *serial)
{
  /* worked out from the image and the serial here, not from the plan */
  gsize page_end = self->image->len;
  StnPage page;

  g_assert_true (stn_target_page_at (self->target, self->target->flash_base + self->image->len - 1, &page));
  page_end = page.address + page.bytes - self->target->flash_base;
  g_autofree guint8 *expected = g_malloc (page_end);
  g_autofree guint8 *seen = g_malloc (page_end);
  memset (expected, self->target->erased_byte, page_end);
  memcpy (expected, self->image->data, self->image->len);
  g_assert_true (stn_bench_board_read (self->bench, board, self->target->flash_base, seen, page_end));
  if (memcmp (expected, seen, page_end) != 0)
    return FALSE;
  if (serial == NULL)
    return TRUE;
  guint8 field[24] = { 0 }, field_seen[24];
  memcpy (field, serial, MIN (strlen (serial), sizeof field));
  g_assert_true (stn_bench_board_read (self->bench, board, harness_serial_address (self->target), field_seen, 24));
  return memcmp (field, field_seen, 24) == 0;
}

gboolean
harness_flash_cannot_start (Harness *self, const char *board)
{
  guint8 vectors[8];

  g_assert_true (stn_bench_board_read (self->bench, board, self->target->flash_base, vectors, 8));
  for (guint i = 0; i < 8; i++)
    if (vectors[i] != self->target->erased_byte)
      return FALSE;
  return TRUE;
}

void
harness_assert_parked (Harness *self)
{
  harness_assert_lines_at_rest (self);
  for (guint i = 0; i < self->sites->len; i++) {
    const StnSite *site = self->sites->pdata[i];
    g_assert_cmpuint (stn_bench_board_window_violations (self->bench, site->name), ==, 0);
  }
}

void
harness_assert_lines_at_rest (Harness *self)
{
  StnWait wait = stn_wait_new (self->clock, STN_NS_PER_S, NULL);

  for (guint i = 0; i < self->sites->len; i++) {
    const StnSite *site = self->sites->pdata[i];
    const StnLine *lines[] = { &site->nrst, &site->boot0, &site->power };

    for (guint k = 0; k < G_N_ELEMENTS (lines); k++) {
      gboolean high = FALSE;
      if (lines[k]->adapter == NULL)
        continue;
      g_assert_true (stn_adapter_read (lines[k]->adapter, lines[k]->bit, &high, &wait, NULL));
      g_assert_cmpint (high, ==, lines[k]->active_low);
    }
  }
}
