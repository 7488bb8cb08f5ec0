#include "protocols/engine.h"

#include "protocols/dfu/dfu-engine.h"
#include "protocols/uart/uart-engine.h"

const StnEngineClass *const stn_engine_classes[] = {
  &stn_uart_engine_class,
  &stn_dfu_engine_class,
  NULL,
};

const StnEngineClass *
stn_engine_class_by_name (const char *name)
{
  for (guint i = 0; stn_engine_classes[i] != NULL; i++)
    if (g_strcmp0 (name, stn_engine_classes[i]->name) == 0)
      return stn_engine_classes[i];
  return NULL;
}

StnEngine *
stn_engine_new (const StnEngineClass *engine_class, StnLink *link, const StnTarget *target)
{
  return engine_class != NULL ? engine_class->create (link, target) : NULL;
}

void
stn_engine_free (StnEngine *self)
{
  if (self != NULL)
    self->engine_class->free (self);
}

gboolean
stn_engine_sync (StnEngine *self, guint baud, const StnWait *wait, GError **error)
{
  return self->engine_class->sync (self, baud, wait, error);
}

gboolean
stn_engine_identify (StnEngine *self, StnRomIdentity *out, const StnWait *wait, GError **error)
{
  return self->engine_class->identify (self, out, wait, error);
}

void
stn_engine_capabilities (const StnEngine *self, StnEngineCapabilities *out)
{
  self->engine_class->capabilities (self, out);
}

gboolean
stn_engine_read (StnEngine *self, guint64 address, guint8 *buffer, gsize length, const StnWait *wait, GError **error)
{
  return self->engine_class->read (self, address, buffer, length, wait, error);
}

gboolean
stn_engine_write (StnEngine *self, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait,
                  GError **error)
{
  return self->engine_class->write (self, address, bytes, length, wait, error);
}

gboolean
stn_engine_tell_supply (StnEngine *self, guint code, const StnWait *wait, GError **error)
{
  const guint8 word[] = { (guint8) code, 0xff, 0xff, 0xff };

  if (self->target == NULL || self->target->supply_word == 0 || code == 0) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "this ROM takes no supply");
    return FALSE;
  }
  if (!stn_engine_write (self, self->target->supply_word, word, sizeof word, wait, error))
    return FALSE;
  self->supply_code = code;
  return TRUE;
}

gboolean
stn_engine_erase_pages (StnEngine *self, const guint16 *pages, guint count, const StnWait *wait, GError **error)
{
  return self->engine_class->erase_pages (self, pages, count, wait, error);
}

gboolean
stn_engine_erase_all (StnEngine *self, const StnWait *wait, GError **error)
{
  return self->engine_class->erase_all (self, wait, error);
}

gboolean
stn_engine_write_options (StnEngine *self, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait,
                          GError **error)
{
  return self->engine_class->write_options (self, address, bytes, length, wait, error);
}

gboolean
stn_engine_go (StnEngine *self, guint64 address, const StnWait *wait, GError **error)
{
  return self->engine_class->go (self, address, wait, error);
}

gboolean
stn_engine_resync (StnEngine *self, const StnWait *wait, GError **error)
{
  return self->engine_class->resync (self, wait, error);
}

static gboolean
has_no_such_command (const StnEngine *self, const char *what, GError **error)
{
  stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s has no command for %s", self->engine_class->document, what);
  return FALSE;
}

gboolean
stn_engine_write_protect (StnEngine *self, const guint8 *codes, guint count, const StnWait *wait, GError **error)
{
  if (self->engine_class->write_protect == NULL)
    return has_no_such_command (self, "write protection", error);
  return self->engine_class->write_protect (self, codes, count, wait, error);
}

gboolean
stn_engine_write_unprotect (StnEngine *self, const StnWait *wait, GError **error)
{
  if (self->engine_class->write_unprotect == NULL)
    return has_no_such_command (self, "the end of write protection", error);
  return self->engine_class->write_unprotect (self, wait, error);
}

gboolean
stn_engine_read_protect (StnEngine *self, const StnWait *wait, GError **error)
{
  if (self->engine_class->read_protect == NULL)
    return has_no_such_command (self, "readout protection", error);
  return self->engine_class->read_protect (self, wait, error);
}

gboolean
stn_engine_read_unprotect (StnEngine *self, const StnWait *wait, GError **error)
{
  if (self->engine_class->read_unprotect == NULL)
    return has_no_such_command (self, "the end of readout protection", error);
  return self->engine_class->read_unprotect (self, wait, error);
}

gboolean
stn_engine_checksum (StnEngine *self, guint64 address, gsize length, guint32 *out, const StnWait *wait, GError **error)
{
  if (self->engine_class->checksum == NULL)
    return has_no_such_command (self, "a checksum", error);
  return self->engine_class->checksum (self, address, length, out, wait, error);
}

gboolean
stn_engine_special (StnEngine *self, const StnSpecialRequest *request, StnSpecialReply *out, const StnWait *wait,
                    GError **error)
{
  if (self->engine_class->special == NULL)
    return has_no_such_command (self, "what is special to a part", error);
  return self->engine_class->special (self, request, out, wait, error);
}

gboolean
stn_engine_check_target (const StnEngine *self, GError **error)
{
  return self->engine_class->check_target == NULL || self->target == NULL
         || self->engine_class->check_target (self, error);
}
