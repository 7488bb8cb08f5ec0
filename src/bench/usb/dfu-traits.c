#include "src/bench/usb/dfu-traits.h"

#include <string.h>

#define GONE_AT "gone-at "
#define HOSTILE "hostile "

static const struct {
  const char *word;
  StnDfuQuirk quirk;
} words_table[] = {
  { "clrstatus-stalls", STN_DFU_CLRSTATUS_STALLS },
  { "stuck-busy", STN_DFU_STUCK_BUSY },
  { "poll-100", STN_DFU_POLL_100 },
  { "busy-answers", STN_DFU_BUSY_ANSWERS },
  { "leave-without-answer", STN_DFU_LEAVE_WITHOUT_ANSWER },
  { "no-leave", STN_DFU_NO_LEAVE },
  { "protected-upload-empty", STN_DFU_PROTECTED_UPLOAD_EMPTY },
  { "small-transfers", STN_DFU_SMALL_TRANSFERS },
  { "fixed-serial", STN_DFU_FIXED_SERIAL },
  { "stalls", STN_DFU_STALLS },
  { "wrong-state", STN_DFU_WRONG_STATE },
  { "resets", STN_DFU_RESETS },
};

/* AN3156 and logs of devices: what the families say of themselves. Quirks are by product id. */
static const struct {
  const char *family;
  guint16 transfer_bytes, release;
  guint enumeration_ms;
} families[] = {
  { "C0", 1024, 0x0200, 552 }, { "C5", 1024, 0x0200, 140 }, { "F0", 2048, 0x2200, 320 }, { "F1", 2048, 0x2200, 460 },
  { "F2", 2048, 0x2200, 270 }, { "F3", 2048, 0x2200, 300 }, { "F4", 2048, 0x2200, 300 }, { "F7", 2048, 0x2200, 300 },
  { "G0", 1024, 0x0200, 300 }, { "G4", 1024, 0x0200, 300 }, { "H5", 1024, 0x0300, 250 }, { "H7", 1024, 0x0200, 54 },
  { "L0", 2048, 0x2200, 140 }, { "L1", 2048, 0x2200, 849 }, { "L4", 1024, 0x2200, 330 }, { "L5", 1024, 0x0200, 300 },
  { "U0", 1024, 0x0200, 241 }, { "U5", 1024, 0x0200, 300 }, { "WB", 1024, 0x0200, 300 },
};

static const struct {
  guint16 product_id;
  guint quirks;
} chips[] = {
  { 0x413, STN_DFU_POLL_100 },
  { 0x450, STN_DFU_STUCK_BUSY },
};

static gboolean
add_word (StnDfuTraits *traits, const char *word, GError **error)
{
  if (g_str_has_prefix (word, GONE_AT)
      && g_ascii_string_to_unsigned (word + strlen (GONE_AT), 10, 1, G_MAXUINT32, &traits->gone_at, NULL))
    return TRUE;
  if (g_str_has_prefix (word, HOSTILE)
      && g_ascii_string_to_unsigned (word + strlen (HOSTILE), 10, 1, STN_DFU_HOSTILE_COUNT, &traits->hostile, NULL))
    return TRUE;
  const char *names[G_N_ELEMENTS (words_table) + 1] = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (words_table); i++) {
    names[i] = words_table[i].word;
    if (g_str_equal (words_table[i].word, word)) {
      traits->quirks |= words_table[i].quirk;
      return TRUE;
    }
  }
  g_autofree char *known = g_strjoinv (", ", (char **) names);
  stn_error_set_seen (error, STN_FAILURE_BAD_FILE, known, word, "dfu");
  return FALSE;
}

gboolean
stn_dfu_traits_of (const StnTarget *target, const GPtrArray *words, StnDfuTraits *out, GError **error)
{
  StnDfuTraits traits = { .transfer_bytes = 2048, .release = 0x2200, .enumeration_ns = 300 * STN_NS_PER_MS };
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_str_equal (families[i].family, target->family)) {
      traits.transfer_bytes = families[i].transfer_bytes;
      traits.release = families[i].release;
      traits.enumeration_ns = families[i].enumeration_ms * STN_NS_PER_MS;
    }
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++)
    if (chips[i].product_id == target->product_id)
      traits.quirks |= chips[i].quirks;
  for (guint i = 0; words != NULL && i < words->len; i++)
    if (!add_word (&traits, g_ptr_array_index (words, i), error))
      return FALSE;
  if (traits.quirks & STN_DFU_SMALL_TRANSFERS)
    traits.transfer_bytes = 1024;
  *out = traits;
  return TRUE;
}

/* ---- memory maps ---- */

/* Strings after the flash's, as devices were seen to have them; product id 0 ends the table. */
static const struct {
  guint16 product_id;
  const char *strings[4];
} known_maps[] = {
  { 0x413,
    { "@Option Bytes  /0x1FFFC000/01*016 e", "@OTP Memory /0x1FFF7800/01*512 e,01*016 e",
      "@Device Feature/0xFFFF0000/01*004 e" } },
  { 0x415, { "@Option Bytes  /0x1FFF7800/01*040 e", "@OTP Memory /0x1FFF7000/01*0001Ke" } },
};

/* What the option area is announced as where that is not the area that can be read (AN3156 reference, seen strings).
 * An empty one: there is no such setting. */
static const struct {
  const char *family; /* or NULL */
  guint16 product_id;
  const char *string;
} known_options[] = {
  { NULL, 0x419, "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e" },
  { NULL, 0x434, "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e" },
  { NULL, 0x469, "@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e" },
  { NULL, 0x464, "@Option Bytes  /0x1FFF7800/01*40Be" },
  { NULL, 0x450, "@Option Bytes   /0x5200201C/01*128 e" },
  { NULL, 0x483, "@Option Bytes   /0x5200201C/01*88 e" },
  { NULL, 0x480, "@Option Bytes   /0x5200201C/01*297 e" },
  { "U5", 0, "@Option Bytes   /0x40022040/01*64 e" },
  { "C5", 0, "" },
};

/* NULL: none */
static char *
options_map (const StnTarget *target)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_options); i++)
    if (known_options[i].product_id == target->product_id || g_strcmp0 (known_options[i].family, target->family) == 0)
      return known_options[i].string[0] != '\0' ? g_strdup (known_options[i].string) : NULL;
  if (target->options_bytes == 0)
    return NULL;
  return g_strdup_printf ("@Option Bytes  /0x%08" G_GINT64_MODIFIER "X/01*%03u e", target->options_address,
                          target->options_bytes);
}

static char *
flash_map (const StnTarget *target)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "@Internal Flash  /0x%08" G_GINT64_MODIFIER "X/", target->flash_base);
  for (guint i = 0; i < target->stretch_count; i++) {
    const StnPageStretch *stretch = &target->stretches[i];
    gboolean kilo = stretch->page_bytes % 1024 == 0;
    g_string_append_printf (text, "%s%02u*%03u%cg", i > 0 ? "," : "", stretch->page_count,
                            kilo ? stretch->page_bytes / 1024 : stretch->page_bytes, kilo ? 'K' : ' ');
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char **
stn_dfu_memory_map (const StnTarget *target)
{
  g_autoptr (GStrvBuilder) map = g_strv_builder_new ();
  g_autofree char *flash = flash_map (target);
  g_strv_builder_add (map, flash);
  for (guint i = 0; i < G_N_ELEMENTS (known_maps); i++)
    if (known_maps[i].product_id == target->product_id) {
      g_strv_builder_addv (map, (const char **) known_maps[i].strings);
      return g_strv_builder_end (map);
    }
  g_autofree char *options = options_map (target);
  if (options != NULL)
    g_strv_builder_add (map, options);
  if (target->otp_address != 0) {
    g_autofree char *otp =
        g_strdup_printf ("@OTP Memory /0x%08" G_GINT64_MODIFIER "X/01*%03u e", target->otp_address, target->otp_bytes);
    g_strv_builder_add (map, otp);
  }
  return g_strv_builder_end (map);
}
