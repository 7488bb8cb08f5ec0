/* The power of a hub's ports: literal requests of USB 2.0, chapter 11, against a hub of a few lines. */
#include "src/link/hub-pins.h"

#include <string.h>

typedef struct {
  StnLink link;
  guint8 descriptor[9];
  gboolean stalls;     /* its descriptor */
  gboolean stays_on;
  guint over_current;  /* port */
  guint32 powered;
  GString *log;
} FakeHub;

static gboolean
hub_exchange (StnLink *link, StnExchange *exchange, G_GNUC_UNUSED const StnWait *wait, GError **error)
{
  FakeHub *self = (FakeHub *) link;
  const StnControlSetup *setup = &exchange->setup;

  g_string_append_printf (self->log, "%02x %02x %04x %04x;", setup->request_type, setup->request, setup->value,
                          setup->index);
  if (setup->request_type == 0xa0 && setup->request == 6) {
    if (self->stalls) {
      stn_error_set (error, STN_FAILURE_NACK, "stall");
      return FALSE;
    }
    exchange->in_length = MIN (exchange->in_capacity, sizeof self->descriptor);
    memcpy (exchange->in, self->descriptor, exchange->in_length);
    return TRUE;
  }
  g_assert_cmpuint (setup->index, >=, 1);
  g_assert_cmpuint (setup->index, <=, self->descriptor[2]);
  if (setup->request_type == 0xa3) {
    guint8 status[4] = { 0 };
    status[1] = self->powered >> setup->index & 1;
    status[0] = setup->index == self->over_current ? 0x08 : 0;
    memcpy (exchange->in, status, 4);
    exchange->in_length = 4;
    return TRUE;
  }
  g_assert_cmphex (setup->request_type, ==, 0x23);
  g_assert_cmpuint (setup->value, ==, 8);
  if (setup->request == 3)
    self->powered |= 1u << setup->index;
  else if (!self->stays_on)
    self->powered &= ~(1u << setup->index);
  return TRUE;
}

static void
hub_free (StnLink *link)
{
  g_string_free (((FakeHub *) link)->log, TRUE);
  g_free (link);
}

static const StnLinkClass hub_class = {
  .kind = "fake", .shape = STN_LINK_CONTROL, .exchange = hub_exchange, .free = hub_free
};

static FakeHub *
hub_new (guint8 characteristics)
{
  FakeHub *self = g_new0 (FakeHub, 1);

  stn_link_init (&self->link, &hub_class, STN_LINK_CONTROL, "hub");
  memcpy (self->descriptor, "\x09\x29\x04\x00\x00\x32\x64\x00\xff", 9);
  self->descriptor[3] = characteristics;
  self->powered = 0x1e;
  self->log = g_string_new (NULL);
  return self;
}

static StnClock *clock_of_all;

static StnWait
some_time (void)
{
  return stn_wait_new (clock_of_all, STN_NS_PER_S, NULL);
}

static void
each_port_is_switched_by_its_own_request (void)
{
  g_autoptr (GError) error = NULL;
  FakeHub *hub = hub_new (0x09);
  StnWait wait = some_time ();
  g_autoptr (StnLink) pins = stn_hub_pins_new (&hub->link, &wait, &error);
  guint32 levels = 0;

  g_assert_no_error (error);
  g_string_truncate (hub->log, 0);
  g_assert_true (stn_pins_set (pins, 1u << 2, 0, &wait, &error));
  g_assert_cmpstr (hub->log->str, ==, "23 01 0008 0002;a3 00 0000 0002;");
  g_assert_cmphex (hub->powered, ==, 0x1a);
  g_string_truncate (hub->log, 0);
  /* what stands already is not asked for again */
  g_assert_true (stn_pins_set (pins, 1u << 2 | 1u << 3, 1u << 3, &wait, &error));
  g_assert_cmpstr (hub->log->str, ==, "23 03 0008 0003;");
  g_assert_true (stn_pins_get (pins, &levels, &wait, &error));
  g_assert_false (levels >> 2 & 1);
  g_assert_true (levels >> 3 & 1);
  hub->over_current = 3;
  g_assert_true (stn_pins_get (pins, &levels, &wait, &error));
  g_assert_false (levels >> 3 & 1);
}

static void
a_hub_that_does_not_switch_each_port_is_refused_by_name (void)
{
  static const struct {
    guint8 characteristics;
    const char *words;
  } hubs[] = { { 0x00, "switches all its ports together" },
               { 0x02, "does not switch its ports" },
               { 0x03, "does not switch its ports" } };

  for (guint i = 0; i < G_N_ELEMENTS (hubs); i++) {
    g_autoptr (GError) error = NULL;
    StnWait wait = some_time ();
    g_assert_null (stn_hub_pins_new (&hub_new (hubs[i].characteristics)->link, &wait, &error));
    g_assert_true (stn_error_is (error, STN_FAILURE_NOT_SUPPORTED));
    g_assert_nonnull (strstr (error->message, hubs[i].words));
  }
}

static void
what_is_no_usb_2_hub_or_answers_nonsense_is_refused (void)
{
  g_autoptr (GError) stalled = NULL, nonsense = NULL;
  StnWait wait = some_time ();
  FakeHub *hub = hub_new (0x01);

  hub->stalls = TRUE;
  g_assert_null (stn_hub_pins_new (&hub->link, &wait, &stalled));
  g_assert_true (stn_error_is (stalled, STN_FAILURE_NOT_SUPPORTED));
  hub = hub_new (0x01);
  hub->descriptor[1] = 0x2a;
  g_assert_null (stn_hub_pins_new (&hub->link, &wait, &nonsense));
  g_assert_true (stn_error_is (nonsense, STN_FAILURE_GARBAGE));
}

static void
a_port_that_is_not_there_or_stays_on_is_told (void)
{
  g_autoptr (GError) missing = NULL, stays = NULL;
  FakeHub *hub = hub_new (0x01);
  StnWait wait = some_time ();
  g_autoptr (StnLink) pins = stn_hub_pins_new (&hub->link, &wait, NULL);

  g_assert_false (stn_pins_set (pins, 1u << 5, 0, &wait, &missing));
  g_assert_true (stn_error_is (missing, STN_FAILURE_NOT_SUPPORTED));
  g_assert_nonnull (strstr (missing->message, "4 ports"));
  hub->stays_on = TRUE;
  g_assert_false (stn_pins_set (pins, 1u << 4, 0, &wait, &stays));
  g_assert_nonnull (strstr (stays->message, "port 4 stays on"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  clock_of_all = stn_clock_new_virtual ();
#define ADD(function) g_test_add_func ("/hub-pins/" #function, function)
  ADD (each_port_is_switched_by_its_own_request);
  ADD (a_hub_that_does_not_switch_each_port_is_refused_by_name);
  ADD (what_is_no_usb_2_hub_or_answers_nonsense_is_refused);
  ADD (a_port_that_is_not_there_or_stays_on_is_told);
  int code = g_test_run ();
  stn_clock_unref (clock_of_all);
  return code;
}
