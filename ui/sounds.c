#include "ui/sounds.h"

#include <gsound.h>

#define BETWEEN_MS 900 /* of the check */

/* A machine without a sound card says so at the first sound, and is not asked again. Outlives what is still playing. */
static gboolean has_failed;

struct StnSounds {
  GSoundContext *context; /* NULL: no sound */
  char *folder;
  gint64 muted_until_us;
  guint check_source;
  StnSound check_next;
};

static const char *const files[] = {
  [STN_SOUND_PASS] = "pass.wav", [STN_SOUND_FAIL] = "fail.wav", [STN_SOUND_ACTION] = "action.wav"
};

StnSounds *
stn_sounds_new (const char *folder)
{
  g_autoptr (GError) error = NULL;
  StnSounds *self = g_new0 (StnSounds, 1);
  self->folder = g_strdup (folder);
  self->context = gsound_context_new (NULL, &error);
  if (self->context == NULL)
    g_message ("no sound: %s", error->message);
  return self;
}

void
stn_sounds_free (StnSounds *self)
{
  if (self == NULL)
    return;
  if (self->check_source != 0)
    g_source_remove (self->check_source);
  g_clear_object (&self->context);
  g_free (self->folder);
  g_free (self);
}

static void
on_played (GObject *context, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  if (gsound_context_play_full_finish (GSOUND_CONTEXT (context), result, &error) || has_failed)
    return;
  has_failed = TRUE;
  g_message ("no sound: %s", error->message);
}

void
stn_sounds_play (StnSounds *self, StnSound sound)
{
  if (self == NULL || has_failed || self->context == NULL || self->folder == NULL || g_get_monotonic_time () < self->muted_until_us)
    return;
  if ((guint) sound >= G_N_ELEMENTS (files) || files[sound] == NULL)
    return;
  g_autofree char *path = g_build_filename (self->folder, files[sound], NULL);
  /* the asynchronous form: opening the device may take a while */
  gsound_context_play_full (self->context, NULL, on_played, NULL, GSOUND_ATTR_MEDIA_FILENAME, path,
                            GSOUND_ATTR_MEDIA_ROLE, "event", NULL);
}

static gboolean
on_check (gpointer data)
{
  StnSounds *self = data;
  stn_sounds_play (self, self->check_next++);
  if (self->check_next < G_N_ELEMENTS (files))
    return G_SOURCE_CONTINUE;
  self->check_source = 0;
  return G_SOURCE_REMOVE;
}

void
stn_sounds_check (StnSounds *self)
{
  if (self->check_source != 0)
    return;
  self->check_next = STN_SOUND_PASS;
  stn_sounds_play (self, self->check_next++);
  self->check_source = g_timeout_add (BETWEEN_MS, on_check, self);
}

void
stn_sounds_mute (StnSounds *self, guint seconds)
{
  self->muted_until_us = seconds > 0 ? g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC : 0;
}
