#include "src/job/job.h"

#include <string.h>

#include "src/base/bytes.h"
#include "src/job/job-fields.h"
#include "src/job/serial-pattern.h"

/* The public part first; what only loading needs stays behind it. */
typedef struct {
  StnJob job;
  gatomicrefcount references;
  StnYaml *yaml;   /* all places point into it */
  GChecksum *hash; /* while loading */
} Job;

const char *const stn_boot_line_names[STN_BOOT_LINE_COUNT] = { "detect", "good", "fault" };

gboolean
stn_job_fail (const StnNode *place, GError **error, StnFailure failure, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  stn_error_set (error, failure, "%s", text);
  return stn_job_prefix (place, error);
}

gboolean
stn_job_prefix (const StnNode *place, GError **error)
{
  if (place != NULL)
    g_prefix_error (error, "%s:%u:%u: ", place->file, place->line, place->column);
  return FALSE;
}

static void
job_image_free (gpointer data)
{
  StnJobImage *self = data;
  g_free (self->name);
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->file_sha256);
  stn_image_unref (self->image);
  g_free (self);
}

static void
job_data_free (gpointer data)
{
  StnJobData *self = data;
  g_free (self->value);
  g_free (self);
}

/* What FORMATS names and a later stage brings. Ignoring it would be a lie about the board, so the job is refused. */
static gboolean
refuse_later_stages (const StnJobFile *file, GError **error)
{
  const struct {
    gboolean there;
    const StnNode *place;
    const char *what;
  } rows[] = {
    { file->steps->len > 0, file->steps_place, "steps (external programs)" },
    { file->verify != STN_JOB_FILE_VERIFY_FULL, file->verify_place, "verify other than full" },
    { file->unit.serial.present && file->unit.serial.from + 1 == STN_SERIAL_FROM_PROGRAM, file->unit.serial.from_place,
      "unit.serial: from: program" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].there)
      return stn_job_fail (rows[i].place, error, STN_FAILURE_NOT_SUPPORTED, "%s is not supported yet", rows[i].what);
  return TRUE;
}

/* What a template says, tried with values of the right shape. */
static gboolean
check_template (const StnJobFile *file, const char *text, const StnNode *place, GError **error)
{
  const char *serial = file->unit.serial.present ? "X" : NULL;
  g_autofree char *filled = stn_template_fill (text, serial, "000000000000000000000000", "2026-01-01", error);
  return filled != NULL || stn_job_prefix (place, error);
}

/* "0483:5740" */
static gboolean
check_usb_id (const StnJobFileBootCheck *check, GError **error)
{
  const char *text = check->usb;
  gboolean ok = strlen (text) == 9 && text[4] == ':';

  for (guint i = 0; ok && i < 9; i++)
    ok = i == 4 || g_ascii_isxdigit (text[i]);
  if (ok)
    return TRUE;
  stn_node_error (check->usb_place, error, "a USB id: four hex digits, “:”, four hex digits", text, "boot-check: usb");
  return FALSE;
}

static gboolean
check_pin_name (const StnJobFileBootCheck *check, GError **error)
{
  for (guint i = 0; i < STN_BOOT_LINE_COUNT; i++)
    if (g_str_equal (check->pin, stn_boot_line_names[i]))
      return TRUE;
  stn_node_error (check->pin_place, error, "an input of the site: detect, good or fault", check->pin,
                  "boot-check: pin");
  return FALSE;
}

static gboolean
check_boot_check (const StnJobFile *file, GError **error)
{
  const StnJobFileBootCheck *check = &file->boot_check;
  if (!check->present)
    return stn_job_fail (file->place, error, STN_FAILURE_BAD_FILE,
                         "the key “boot-check” is missing; write “boot-check: none” if the start is not to be proved");

  guint answers = (check->uart != NULL) + (check->usb != NULL) + (check->pin != NULL);
  guint wanted = check->kind == STN_JOB_FILE_ANSWER ? 1 : 0;
  if (answers != wanted) {
    g_autofree char *found = g_strdup_printf ("%u of them", answers);
    stn_node_error (check->place, error, wanted == 1 ? "one of uart, usb and pin" : "none of uart, usb and pin", found,
                    "boot-check");
    return FALSE;
  }
  if (check->uart == NULL && check->baud_place != check->place)
    return stn_job_fail (check->baud_place, error, STN_FAILURE_BAD_FILE, "boot-check: baud goes with uart only");
  if (check->usb != NULL)
    return check_usb_id (check, error);
  if (check->pin != NULL)
    return check_pin_name (check, error);
  return check->uart == NULL || check_template (file, check->uart, check->uart_place, error);
}

static gboolean
check_serial (const StnJobFile *file, GError **error)
{
  const StnJobFileSerial *serial = &file->unit.serial;
  if (!serial->present)
    return TRUE;
  if (serial->from + 1 != STN_SERIAL_FROM_COUNTER)
    return serial->pattern == NULL
           || stn_job_fail (serial->pattern_place, error, STN_FAILURE_BAD_FILE,
                            "unit.serial: a pattern goes with from: counter only");
  if (serial->pattern == NULL)
    return stn_job_fail (serial->place, error, STN_FAILURE_BAD_FILE,
                         "unit.serial: the key “pattern” is missing, which from: counter needs");
  g_autoptr (StnSerialPattern) pattern = stn_serial_pattern_new (serial->pattern, (StnCheckDigit) serial->check, error);
  if (pattern == NULL)
    return stn_job_prefix (serial->pattern_place, error);
  if ((guint64) file->limits.quantity > stn_serial_pattern_last (pattern)) {
    guint64 last = stn_serial_pattern_last (pattern);
    g_autofree char *expected =
        g_strdup_printf ("at most %" G_GUINT64_FORMAT ", the last number of the pattern's {seq}", last);
    g_autofree char *found = g_strdup_printf ("%" G_GINT64_FORMAT, file->limits.quantity);
    stn_node_error (file->quantity_place, error, expected, found, "limits.quantity");
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_image_name (const char *text)
{
  return *text != '\0'
         && text[strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0';
}

static char *
image_name (const StnJobFileImage *entry, GError **error)
{
  if (entry->name != NULL) {
    if (is_image_name (entry->name))
      return g_strdup (entry->name);
    g_autofree char *found = stn_text_quote (entry->name);
    stn_node_error (entry->place, error, "letters, digits, “-”, “_” and “.”", found, "an image's name");
    return NULL;
  }
  char *name = g_path_get_basename (entry->file);
  for (char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-_.", *p) == NULL)
      *p = '_';
  return name;
}

static void
hash_bytes (GChecksum *checksum, gconstpointer bytes, gsize length)
{
  guint64 length_be = GUINT64_TO_BE ((guint64) length);
  g_checksum_update (checksum, (const guint8 *) &length_be, sizeof length_be);
  g_checksum_update (checksum, bytes, (gssize) length);
}

static gboolean
load_image (Job *self, const StnJobFileImage *entry, GError **error)
{
  g_autofree char *name = image_name (entry, error);
  if (name == NULL)
    return FALSE;
  for (guint i = 0; i < self->job.images->len; i++) {
    const StnJobImage *other = g_ptr_array_index (self->job.images, i);
    if (g_str_equal (other->name, name))
      return stn_job_fail (entry->place, error, STN_FAILURE_BAD_FILE, "images: two have the name “%s”", name);
  }

  g_autoptr (GBytes) bytes = stn_image_read_file (entry->file, error);
  if (bytes == NULL)
    return stn_job_prefix (entry->file_place, error);
  gsize length;
  const guint8 *start = g_bytes_get_data (bytes, &length);
  hash_bytes (self->hash, start, length);
  /* what is pinned is compared before anybody looks into it; else the image's own hash will do: each of half a megabyte
   * is felt when a run starts */
  g_autofree char *sha256 = entry->sha256 != NULL ? stn_bytes_sha256 (start, length) : NULL;
  if (sha256 != NULL && !g_str_equal (entry->sha256, sha256)) {
    stn_error_set_seen (error, STN_FAILURE_BAD_IMAGE, entry->sha256, sha256, "image “%s”: SHA-256", name);
    return stn_job_prefix (entry->sha256_place, error);
  }

  gboolean has_address = entry->address_place != entry->place;
  g_autoptr (StnImage) image =
      stn_image_parse (entry->file, STN_IMAGE_FORMAT_AUTO, start, length, has_address, entry->address, error);
  if (image == NULL)
    return stn_job_prefix (entry->file_place, error);

  StnJobImage *loaded = g_new0 (StnJobImage, 1);
  loaded->name = g_steal_pointer (&name);
  loaded->path = g_strdup (entry->file);
  loaded->sha256 = g_strdup (entry->sha256);
  loaded->address = entry->address;
  loaded->has_address = has_address;
  loaded->vectors = entry->vectors;
  loaded->file_sha256 = g_strdup (stn_image_file_sha256 (image));
  loaded->image = g_steal_pointer (&image);
  loaded->place = entry->place;
  g_ptr_array_add (self->job.images, loaded);
  return TRUE;
}

static gboolean
copy_data (Job *self, const StnJobFile *file, GError **error)
{
  for (guint i = 0; i < file->unit.data->len; i++) {
    const StnJobFileData *entry = g_ptr_array_index (file->unit.data, i);
    if (!check_template (file, entry->value, entry->value_place, error))
      return FALSE;
    StnJobData *data = g_new0 (StnJobData, 1);
    data->address = entry->address;
    data->value = g_strdup (entry->value);
    data->encoding = entry->encoding;
    data->size_bytes = entry->size_bytes;
    data->pad = entry->pad;
    data->place = entry->place;
    g_ptr_array_add (self->job.data, data);
  }
  return TRUE;
}

static void
job_line_free (gpointer data)
{
  StnJobLine *self = data;
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static void
add_line (GPtrArray *lines, const char *name, const char *value, const StnNode *place, const StnNode *value_place)
{
  StnJobLine *line = g_new0 (StnJobLine, 1);
  line->name = g_strdup (name);
  line->value = g_strdup (value);
  line->place = place;
  line->value_place = value_place;
  g_ptr_array_add (lines, line);
}

static void
copy_protected (GPtrArray *lines, const GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++) {
    const StnJobFileProtected *entry = g_ptr_array_index (from, i);
    add_line (lines, NULL, entry->what, entry->place, entry->place);
  }
}

/* What a job says of option bytes; planning, which knows the target, judges it. */
static void
copy_options (StnJob *job, const StnJobFile *file)
{
  for (guint i = 0; i < file->option_bytes->len; i++) {
    const StnJobFileOption *entry = g_ptr_array_index (file->option_bytes, i);
    add_line (job->option_bytes, entry->name, entry->value, entry->place, entry->value_place);
  }
  for (guint i = 0; i < file->accept->len; i++) {
    const StnJobFileAccept *entry = g_ptr_array_index (file->accept, i);
    add_line (job->accept, entry->name, NULL, entry->place, NULL);
  }
  copy_protected (job->protect_write, file->protect.write);
  copy_protected (job->protect_pcrop, file->protect.pcrop);
  if (file->protect.read_place != file->protect.place)
    job->protect_read = file->protect.read + 1;
  job->unprotect_allowed = file->unprotect == 1;
  job->rom_entry = file->boot.rom_entry;
  job->says_rom_entry = file->boot.rom_entry_place != file->boot.place;
}

static int
boot_check_kind (const StnJobFileBootCheck *check)
{
  if (check->kind == STN_JOB_FILE_ROM_GONE)
    return STN_BOOT_CHECK_ROM_GONE;
  if (check->kind == STN_JOB_FILE_NONE)
    return STN_BOOT_CHECK_NONE;
  return check->uart != NULL ? STN_BOOT_CHECK_UART : check->usb != NULL ? STN_BOOT_CHECK_USB : STN_BOOT_CHECK_PIN;
}

static void
copy_plain (StnJob *job, const StnJobFile *file)
{
  job->name = g_strdup (file->job);
  job->revision = file->revision;
  job->target = g_strdup (file->target);
  job->has_serial = file->unit.serial.present;
  job->serial_from = file->unit.serial.present ? file->unit.serial.from + 1 : STN_SERIAL_FROM_NONE;
  job->serial_pattern = g_strdup (file->unit.serial.pattern);
  job->serial_check = file->unit.serial.check;
  job->erase = file->erase;
  for (guint i = 0; i < file->keep->len; i++)
    g_ptr_array_add (job->keep, g_memdup2 (g_ptr_array_index (file->keep, i), sizeof (StnRange)));
  job->blank = file->blank;
  job->leave = file->leave;
  job->program_by = file->program_by;
  job->supply_uv = file->supply_uv;
  job->identity = file->identity;
  copy_options (job, file);
  job->boot_check = boot_check_kind (&file->boot_check);
  job->boot_check_text = file->boot_check.usb != NULL
                             ? g_ascii_strdown (file->boot_check.usb, -1)
                             : g_strdup (file->boot_check.uart != NULL ? file->boot_check.uart : file->boot_check.pin);
  job->boot_check_within_ns = file->boot_check.within_ns;
  job->boot_check_baud = file->boot_check.baud;
  job->repeat_allowed = file->repeat == 1;
  job->retries = file->limits.retries;
  job->stop_after_failures = file->limits.stop_after_failures;
  job->quantity = file->limits.quantity;
  job->until = g_strdup (file->limits.until);
  job->places = (StnJobPlaces){
    .job = file->place,
    .target = file->target_place,
    .images = file->images_place,
    .boot = file->boot.place,
    .rom_entry = file->boot.rom_entry_place,
    .option_bytes = file->option_bytes_place,
    .protect = file->protect.place,
    .protect_read = file->protect.read_place,
    .protect_write = file->protect.write_place,
    .protect_pcrop = file->protect.pcrop_place,
    .accept = file->accept_place,
    .unprotect = file->unprotect_place,
    .erase = file->erase_place,
    .keep = file->keep_place,
    .boot_check = file->boot_check_place,
    .leave = file->leave_place,
    .serial = file->unit.serial.place,
    .quantity = file->quantity_place,
  };
}

/* What a PASS of this job does not mean, for the record and every report. */
static char *
left_out_text (const StnJob *job)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < job->images->len; i++) {
    const StnJobImage *image = g_ptr_array_index (job->images, i);
    if (image->vectors == STN_VECTORS_IGNORE)
      g_ptr_array_add (lines, g_strdup_printf ("vectors: ignore (%s)", image->name));
  }
  if (job->leave == STN_LEAVE_GO)
    g_ptr_array_add (lines, g_strdup ("leave: go"));
  if (job->identity == STN_IDENTITY_MEMORY_MAP)
    g_ptr_array_add (lines, g_strdup ("identity: memory-map"));
  if (job->boot_check == STN_BOOT_CHECK_NONE)
    g_ptr_array_add (lines, g_strdup ("boot-check: none"));
  if (job->repeat_allowed)
    g_ptr_array_add (lines, g_strdup ("repeat: allowed"));
  for (guint i = 0; i < job->accept->len; i++)
    g_ptr_array_add (lines, g_strdup_printf ("accept: %s", ((const StnJobLine *) job->accept->pdata[i])->name));
  if (job->accept->len > 0 && job->signature->state == STN_SIGNATURE_GOOD)
    g_ptr_array_add (lines, g_strdup (job->signature->words));
  if (lines->len == 0)
    return NULL;
  g_ptr_array_add (lines, NULL);
  return g_strjoinv (", ", (char **) lines->pdata);
}

static char *
images_text (const StnJob *job)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < job->images->len; i++) {
    const StnJobImage *image = g_ptr_array_index (job->images, i);
    g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", image->name, image->file_sha256);
  }
  return g_string_free (text, FALSE);
}

static gboolean
fill (Job *self, const StnJobFile *file, GError **error)
{
  if (g_strcmp0 (file->job, STN_JOB_RECOVERY_NAME) == 0)
    return stn_job_fail (file->place, error, STN_FAILURE_BAD_FILE,
                         "job: “%s” is what records of recovered boards are called", STN_JOB_RECOVERY_NAME);
  if (!check_boot_check (file, error) || !refuse_later_stages (file, error) || !check_serial (file, error)
      || !copy_data (self, file, error))
    return FALSE;
  for (guint i = 0; i < file->images->len; i++)
    if (!load_image (self, g_ptr_array_index (file->images, i), error))
      return FALSE;
  copy_plain (&self->job, file);
  self->job.hash = g_strdup (g_checksum_get_string (self->hash));
  self->job.signature = stn_signature_check (self->job.path, self->job.hash, NULL);
  self->job.images_text = images_text (&self->job);
  self->job.left_out = left_out_text (&self->job);
  return TRUE;
}

/* The bytes of job.yaml: as much as the YAML layer takes, of a regular file. */
static GBytes *
read_job_file (const char *path, GError **error)
{
  g_autoptr (GError) refused = NULL;
  GBytes *bytes = stn_image_read_file (path, &refused);
  if (bytes == NULL)
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s", refused->message);
  return bytes;
}

static StnJob *
load (const char *path, gboolean for_words_only, GError **error)
{
  g_autoptr (GBytes) bytes = read_job_file (path, error);
  if (bytes == NULL)
    return NULL;
  gsize length;
  const char *start = g_bytes_get_data (bytes, &length);
  g_autoptr (StnYaml) yaml = stn_yaml_parse (path, start, length, error);
  StnJobFile file = { 0 };
  if (yaml == NULL || !stn_fields_read (stn_job_file_fields (), stn_yaml_root (yaml), &file, error))
    return NULL;

  Job *self = g_new0 (Job, 1);
  g_autoptr (StnJob) job = &self->job;
  g_atomic_ref_count_init (&self->references);
  self->yaml = g_steal_pointer (&yaml);
  self->hash = g_checksum_new (G_CHECKSUM_SHA256);
  self->job.path = g_strdup (path);
  self->job.images = g_ptr_array_new_with_free_func (job_image_free);
  self->job.data = g_ptr_array_new_with_free_func (job_data_free);
  self->job.keep = g_ptr_array_new_with_free_func (g_free);
  self->job.option_bytes = g_ptr_array_new_with_free_func (job_line_free);
  self->job.protect_write = g_ptr_array_new_with_free_func (job_line_free);
  self->job.protect_pcrop = g_ptr_array_new_with_free_func (job_line_free);
  self->job.accept = g_ptr_array_new_with_free_func (job_line_free);
  self->job.for_words_only = for_words_only;
  hash_bytes (self->hash, start, length);
  gboolean ok = fill (self, &file, error);
  stn_fields_clear (stn_job_file_fields (), &file);
  return ok ? g_steal_pointer (&job) : NULL;
}

StnJob *
stn_job_new_for_recovery (const char *target, StnProgramBy program_by)
{
  Job *self = g_new0 (Job, 1);
  StnJob *job = &self->job;

  g_atomic_ref_count_init (&self->references);
  job->path = g_strdup (STN_JOB_RECOVERY_NAME);
  job->name = g_strdup (STN_JOB_RECOVERY_NAME);
  job->target = g_strdup (target);
  job->images = g_ptr_array_new ();
  job->data = g_ptr_array_new ();
  job->keep = g_ptr_array_new ();
  job->program_by = (int) program_by;
  job->identity = STN_IDENTITY_MEMORY_MAP;
  job->boot_check = STN_BOOT_CHECK_NONE;
  job->retries = -1;
  job->repeat_allowed = TRUE;
  job->is_recovery = TRUE;
  job->left_out = g_strdup ("nothing is programmed: option bytes are looked at and put back");
  return job;
}

StnJob *
stn_job_load (const char *path, GError **error)
{
  return load (path, FALSE, error);
}

StnJob *
stn_job_load_for_words (const char *path, GError **error)
{
  return load (path, TRUE, error);
}

StnJob *
stn_job_ref (StnJob *self)
{
  g_atomic_ref_count_inc (&((Job *) self)->references);
  return self;
}

void
stn_job_unref (StnJob *self)
{
  Job *job = (Job *) self;
  if (self == NULL || !g_atomic_ref_count_dec (&job->references))
    return;
  g_free (self->path);
  g_free (self->name);
  g_free (self->target);
  g_ptr_array_unref (self->images);
  g_free (self->serial_pattern);
  g_ptr_array_unref (self->data);
  g_ptr_array_unref (self->keep);
  g_clear_pointer (&self->option_bytes, g_ptr_array_unref);
  g_clear_pointer (&self->protect_write, g_ptr_array_unref);
  g_clear_pointer (&self->protect_pcrop, g_ptr_array_unref);
  g_clear_pointer (&self->accept, g_ptr_array_unref);
  g_free (self->boot_check_text);
  g_free (self->until);
  g_free (self->hash);
  stn_signature_free (self->signature);
  g_free (self->images_text);
  g_free (self->left_out);
  if (job->hash != NULL)
    g_checksum_free (job->hash);
  stn_yaml_free (job->yaml);
  g_free (job);
}
