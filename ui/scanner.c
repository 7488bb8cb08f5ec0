#include "ui/scanner.h"

#include <string.h>

#define GAP_MS 30      /* most wedges send a character each 7 to 16 ms; nobody types four at this pace */
#define GAP_IDLE_MS 80 /* where letters are no text */
#define AFTER_MS 250   /* the rest of a scan that was too slow is not taken for commands */
#define LEAST 4        /* characters */
#define MOST 128
#define SILENCE_MS 120 /* a scan without Enter is over after this */
#define KEYS_DOWN 256

struct StnScanner {
  void (*scanned) (gpointer data, const char *text);
  void (*typed) (gpointer data, GdkEventKey *event);
  gpointer data;
  char *device, *prefix, *suffix;

  GString *text;
  guint characters;
  GPtrArray *kept;    /* GdkEvent, owned: the keys of `text`, as long as it may be a person's */
  guint32 last_time;  /* of the driver, ms */
  guint32 letter_time; /* of the last letter, whoever it was from; 0: none */
  guint gap_ms;
  gboolean is_in_field;
  gboolean is_device; /* they come from the known device */
  gboolean is_too_long;
  guint timer;
  guint8 is_down[KEYS_DOWN]; /* by hardware code */
};

static void
drop_event (gpointer event)
{
  gdk_event_free (event);
}

StnScanner *
stn_scanner_new (void (*scanned) (gpointer data, const char *text), void (*typed) (gpointer data, GdkEventKey *event),
                 gpointer data)
{
  StnScanner *self = g_new0 (StnScanner, 1);
  self->scanned = scanned;
  self->typed = typed;
  self->data = data;
  self->gap_ms = GAP_MS;
  self->is_in_field = TRUE;
  self->text = g_string_new (NULL);
  self->kept = g_ptr_array_new_with_free_func (drop_event);
  return self;
}

void
stn_scanner_free (StnScanner *self)
{
  if (self == NULL)
    return;
  if (self->timer != 0)
    g_source_remove (self->timer);
  g_ptr_array_unref (self->kept);
  g_string_free (self->text, TRUE);
  g_free (self->device);
  g_free (self->prefix);
  g_free (self->suffix);
  g_free (self);
}

void
stn_scanner_set_device (StnScanner *self, const char *device)
{
  g_free (self->device);
  self->device = device != NULL && *device != '\0' ? g_ascii_strdown (device, -1) : NULL;
}

void
stn_scanner_set_gap (StnScanner *self, guint gap_ms)
{
  self->gap_ms = gap_ms > 0 ? MIN (gap_ms, 1000) : GAP_MS;
}

void
stn_scanner_set_in_field (StnScanner *self, gboolean is_in_field)
{
  self->is_in_field = is_in_field;
}

gboolean
stn_scanner_is_after_letter (const StnScanner *self, guint32 time)
{
  return self->letter_time != 0 && time != self->letter_time && time - self->letter_time < AFTER_MS;
}

static guint
gap_ms (const StnScanner *self)
{
  return self->is_in_field ? self->gap_ms : MAX (self->gap_ms, GAP_IDLE_MS);
}

void
stn_scanner_set_affixes (StnScanner *self, const char *prefix, const char *suffix)
{
  g_free (self->prefix);
  g_free (self->suffix);
  self->prefix = prefix != NULL && *prefix != '\0' ? g_strdup (prefix) : NULL;
  self->suffix = suffix != NULL && *suffix != '\0' ? g_strdup (suffix) : NULL;
}

/* ---- what was gathered ---- */

static void
forget (StnScanner *self)
{
  if (self->timer != 0)
    g_source_remove (self->timer);
  self->timer = 0;
  g_string_set_size (self->text, 0);
  g_ptr_array_set_size (self->kept, 0);
  self->characters = 0;
  self->is_device = self->is_too_long = FALSE;
}

static gboolean
is_scan (const StnScanner *self)
{
  return self->characters > 0 && (self->is_device || self->characters >= LEAST);
}

static void
give_scan (StnScanner *self)
{
  g_autofree char *all = g_strdup (self->text->str);
  gboolean is_too_long = self->is_too_long;
  char *text = all;

  forget (self);
  self->letter_time = 0; /* a scan that came whole leaves nothing behind */
  /* AIM's identifier: "]", a letter, a digit */
  if (text[0] == ']' && g_ascii_isalpha (text[1]) && g_ascii_isalnum (text[2]))
    text += 3;
  if (self->prefix != NULL && g_str_has_prefix (text, self->prefix))
    text += strlen (self->prefix);
  if (self->suffix != NULL && g_str_has_suffix (text, self->suffix))
    text[strlen (text) - strlen (self->suffix)] = '\0';
  g_strstrip (text);
  /* the half of a code is no code */
  if (*text != '\0' && !is_too_long)
    self->scanned (self->data, text);
}

static void
give_back (StnScanner *self)
{
  g_autoptr (GPtrArray) kept = g_steal_pointer (&self->kept);
  self->kept = g_ptr_array_new_with_free_func (drop_event);
  forget (self);
  for (guint i = 0; i < kept->len; i++)
    self->typed (self->data, g_ptr_array_index (kept, i));
}

static gboolean
on_silence (gpointer data)
{
  StnScanner *self = data;
  self->timer = 0;
  if (is_scan (self))
    give_scan (self);
  else
    give_back (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_more (StnScanner *self)
{
  guint ms = is_scan (self) ? MAX (SILENCE_MS, gap_ms (self)) : gap_ms (self);
  if (self->timer != 0)
    g_source_remove (self->timer);
  /* after the keys that are waiting to be read: a slow window must not tear a scan apart */
  self->timer = g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, ms, on_silence, self, NULL);
}

/* ---- keys ---- */

static gboolean
is_known_device (const StnScanner *self, const GdkEventKey *event)
{
  GdkDevice *device = self->device != NULL ? gdk_event_get_source_device ((const GdkEvent *) event) : NULL;
  const char *vendor = device != NULL ? gdk_device_get_vendor_id (device) : NULL;
  const char *product = device != NULL ? gdk_device_get_product_id (device) : NULL;
  if (vendor == NULL || product == NULL)
    return FALSE;
  g_autofree char *id = g_strdup_printf ("%s:%s", vendor, product);
  return g_ascii_strcasecmp (id, self->device) == 0;
}

static gboolean
is_end (guint key)
{
  return key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter || key == GDK_KEY_Tab;
}

/* What the key writes. A scanner knows nothing of Caps Lock, which turns its letters round. */
static gunichar
character_of (const GdkEventKey *event)
{
  gunichar letter = gdk_keyval_to_unicode (event->keyval);
  if (letter < 0x20 || letter == 0x7f)
    return 0;
  if ((event->state & GDK_LOCK_MASK) != 0 && letter < 128 && g_ascii_isalpha ((char) letter))
    letter ^= 0x20;
  return letter;
}

static void
append (StnScanner *self, GdkEventKey *event, gunichar letter)
{
  if (self->characters >= MOST)
    self->is_too_long = TRUE;
  else
    g_string_append_unichar (self->text, letter);
  self->characters++;
  if (!is_scan (self))
    g_ptr_array_add (self->kept, gdk_event_copy ((GdkEvent *) event));
  else
    g_ptr_array_set_size (self->kept, 0);
  self->last_time = event->time;
  wait_for_more (self);
}

static gboolean
is_repeat (StnScanner *self, const GdkEventKey *event)
{
  guint code = event->hardware_keycode;
  if (code >= KEYS_DOWN)
    return FALSE;
  gboolean was_down = self->is_down[code];
  self->is_down[code] = TRUE;
  return was_down;
}

gboolean
stn_scanner_press (StnScanner *self, GdkEventKey *event)
{
  gboolean is_device = is_known_device (self, event);
  gboolean repeats = is_repeat (self, event);
  gboolean is_near = self->characters > 0 && event->time - self->last_time <= gap_ms (self);
  gboolean is_command = (event->state & (GDK_CONTROL_MASK | GDK_MOD1_MASK | GDK_SUPER_MASK)) != 0;

  /* Shift comes between two letters of a scan */
  if (event->is_modifier)
    return self->characters > 0;
  /* what was gathered ended when this came too late */
  if (self->characters > 0 && !is_device && (!is_near || repeats)) {
    if (is_scan (self) && !is_end (event->keyval))
      give_scan (self);
    else if (!is_scan (self))
      give_back (self);
  }
  if (is_end (event->keyval)) {
    if (is_scan (self)) {
      give_scan (self);
      return TRUE;
    }
    give_back (self);
    return is_device;
  }
  gunichar letter = character_of (event);
  if (letter != 0 && letter != ' ' && !is_command)
    self->letter_time = event->time;
  if (letter == 0 || is_command || (repeats && !is_device))
    return is_device;
  /* START is not to wait, and no code begins with a space */
  if (letter == ' ' && self->characters == 0)
    return is_device;
  self->is_device = is_device;
  append (self, event, letter);
  return TRUE;
}

void
stn_scanner_release (StnScanner *self, GdkEventKey *event)
{
  if (event->hardware_keycode < KEYS_DOWN)
    self->is_down[event->hardware_keycode] = FALSE;
}
