#include "ui/window.h"

#include <glib/gi18n.h>

#include "ui/band.h"
#include "ui/footer.h"
#include "ui/header.h"
#include "ui/lot-end-screen.h"
#include "ui/metrics.h"
#include "ui/page-bar.h"
#include "ui/recovery-screen.h"
#include "ui/run-screen.h"
#include "ui/scanner.h"
#include "ui/setup-screen.h"
#include "ui/sign-in-screen.h"
#include "ui/training-mark.h"
#include "ui/unlock.h"

#define UNLOCK_PAGE "unlock"
#define UNLOCK_WIDTH_MM 200
#define HEIGHT_FOR_UNLOCK 1030 /* pixels: lower windows give it a page of its own */
#define BEAT_MS 100 /* ten a second: what moves by itself, and how often the loop is asked whether it is free */

struct _StnWindow {
  GtkApplicationWindow parent;
  GtkOverlay *overlay;
  StnHeader *header;
  StnBand *band;
  StnFooter *footer;
  GtkStack *screens;
  StnSignInScreen *sign_in;
  StnSetupScreen *setup;
  StnRunScreen *run;
  StnLotEndScreen *lot_end;
  StnRecoveryScreen *recovery;
  StnUnlock *unlock; /* for the screens that have no place for it */
  GtkWidget *mark;
  StnScanner *scanner;
  StnScreen screen;
  char *page; /* a page that stands in front of the model's screen; NULL */
  GPtrArray *sites; /* char *: for F1..F8 */
  const char *size_class;
  guint beat, beat_source;
  gint64 last_beat_us, longest_stall_us;
  gboolean is_fullscreen, may_start, is_unlocking, is_low;
};

G_DEFINE_TYPE (StnWindow, stn_window, GTK_TYPE_APPLICATION_WINDOW)

static guint request_signal;

static const char *const screen_names[STN_SCREEN_COUNT] = {
  [STN_SCREEN_SIGN_IN] = "sign-in", [STN_SCREEN_SETUP] = "setup",       [STN_SCREEN_RUN] = "run",
  [STN_SCREEN_LOT_END] = "lot-end", [STN_SCREEN_RECOVERY] = "recovery",
};

/* ---- actions ---- */

static void
request (StnWindow *self, const char *name, const char *argument)
{
  g_signal_emit (self, request_signal, 0, name, argument != NULL ? argument : "");
}

/* Most actions are requests by the same name. */
static void
on_request (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  request (data, g_action_get_name (G_ACTION (action)), parameter != NULL ? g_variant_get_string (parameter, NULL) : NULL);
}

static void
on_site_number (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter, gpointer data)
{
  StnWindow *self = data;
  guint number = g_variant_get_uint32 (parameter);
  if (number < self->sites->len) {
    request (self, "site", g_ptr_array_index (self->sites, number));
    stn_run_screen_focus_site (self->run, g_ptr_array_index (self->sites, number));
  }
}

static void
on_fullscreen (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  StnWindow *self = data;
  if (self->is_fullscreen)
    gtk_window_unfullscreen (GTK_WINDOW (self));
  else
    gtk_window_fullscreen (GTK_WINDOW (self));
}

static void
on_code (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  stn_band_open_code (STN_WINDOW (data)->band);
}

/* What was typed counts as scanned. */
static void
on_type_code (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter, gpointer data)
{
  request (data, "scan", g_variant_get_string (parameter, NULL));
}

static void
on_menu (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  stn_header_open_menu (STN_WINDOW (data)->header);
}

/* What is set is the session's; the menu shows it when it says so. */
static void
on_start_by (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter, gpointer data)
{
  request (data, "start-by", g_variant_get_string (parameter, NULL));
}

/* Everything a person can do here. */
static const GActionEntry actions[] = {
  { "start", on_request, NULL, NULL, NULL, { 0 } },
  { "retry", on_request, NULL, NULL, NULL, { 0 } },
  { "stop", on_request, NULL, NULL, NULL, { 0 } },
  { "end-lot", on_request, NULL, NULL, NULL, { 0 } },
  { "back", on_request, NULL, NULL, NULL, { 0 } },
  { "undo-scan", on_request, NULL, NULL, NULL, { 0 } },
  { "remove-units", on_request, NULL, NULL, NULL, { 0 } },
  { "close-side", on_request, NULL, NULL, NULL, { 0 } },
  { "unlock", on_request, NULL, NULL, NULL, { 0 } },
  { "training", on_request, NULL, NULL, NULL, { 0 } },
  { "sign-out", on_request, NULL, NULL, NULL, { 0 } },
  { "history", on_request, NULL, NULL, NULL, { 0 } },
  { "reports", on_request, NULL, NULL, NULL, { 0 } },
  { "check-wiring", on_request, NULL, NULL, NULL, { 0 } },
  { "card", on_request, NULL, NULL, NULL, { 0 } },
  { "site", on_request, "s", NULL, NULL, { 0 } },
  { "retry-site", on_request, "s", NULL, NULL, { 0 } },
  { "bin-site", on_request, "s", NULL, NULL, { 0 } },
  { "hold-site", on_request, "s", NULL, NULL, { 0 } },
  { "identify", on_request, "s", NULL, NULL, { 0 } },
  { "lesson", on_request, "s", NULL, NULL, { 0 } },
  { "switch-off", on_request, "s", NULL, NULL, { 0 } },
  { "choose-job", on_request, "s", NULL, NULL, { 0 } },
  { "lot-changed", on_request, "s", NULL, NULL, { 0 } },
  { "unlock-reason", on_request, "s", NULL, NULL, { 0 } },
  { "unlock-pin", on_request, "s", NULL, NULL, { 0 } },
  { "site-number", on_site_number, "u", NULL, NULL, { 0 } },
  { "fullscreen", on_fullscreen, NULL, NULL, NULL, { 0 } },
  { "start-by", on_start_by, "s", "'key'", NULL, { 0 } },
  { "code", on_code, NULL, NULL, NULL, { 0 } },
  { "type-code", on_type_code, "s", NULL, NULL, { 0 } },
  { "menu", on_menu, NULL, NULL, NULL, { 0 } },
};

static void
enable (StnWindow *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);
  if (g_action_get_enabled (action) != is_enabled)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

/* ---- showing ---- */

void
stn_window_show (StnWindow *self, const StnModel *model)
{
  g_return_if_fail (STN_IS_WINDOW (self) && model != NULL);
  self->screen = model->screen;
  self->may_start = model->may_start;
  stn_header_show (self->header, model);
  stn_band_show (self->band, model);
  stn_footer_show (self->footer, model);
  gtk_widget_set_visible (GTK_WIDGET (self->footer), model->screen != STN_SCREEN_SIGN_IN && self->page == NULL);
  switch (model->screen) {
  case STN_SCREEN_SIGN_IN:
    stn_sign_in_screen_show (self->sign_in, model);
    break;
  case STN_SCREEN_SETUP:
    stn_setup_screen_show (self->setup, model);
    break;
  case STN_SCREEN_LOT_END:
    stn_lot_end_screen_show (self->lot_end, model);
    break;
  case STN_SCREEN_RECOVERY:
    stn_recovery_screen_show (self->recovery, model);
    break;
  default:
    stn_run_screen_show (self->run, model);
    break;
  }
  /* the run screen has a place for it beside the sites where it is high enough; the others make way */
  self->is_unlocking = model->side == STN_SIDE_UNLOCK && (model->screen != STN_SCREEN_RUN || self->is_low);
  stn_unlock_show (self->unlock, model, self->is_unlocking);
  const char *name = self->is_unlocking ? UNLOCK_PAGE : self->page != NULL ? self->page : screen_names[model->screen];
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->screens), name) != 0)
    gtk_stack_set_visible_child_name (self->screens, name);
  gtk_widget_set_visible (self->mark, model->is_training);
  GtkStyleContext *frame = gtk_widget_get_style_context (gtk_bin_get_child (GTK_BIN (self->overlay)));
  if (model->is_training)
    gtk_style_context_add_class (frame, "in-training");
  else
    gtk_style_context_remove_class (frame, "in-training");

  if (self->sites->len != model->tiles->len)
    g_ptr_array_set_size (self->sites, 0);
  for (guint i = self->sites->len; i < model->tiles->len; i++)
    g_ptr_array_add (self->sites, g_strdup (((StnTileModel *) g_ptr_array_index (model->tiles, i))->name));
  enable (self, "start", model->may_start);
  enable (self, "retry", model->may_retry);
  enable (self, "stop", model->may_stop);
  enable (self, "end-lot", model->may_end_lot);
  enable (self, "start-by", model->may_start_otherwise);
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "start-by")),
                             g_variant_new_string (model->start_by != NULL ? model->start_by : "key"));
}

const char *
stn_window_lot (StnWindow *self)
{
  return stn_setup_screen_lot (self->setup);
}

guint64
stn_window_quantity (StnWindow *self)
{
  return stn_setup_screen_quantity (self->setup);
}

void
stn_window_set_lot (StnWindow *self, const char *lot, const char *quantity)
{
  stn_setup_screen_set_lot (self->setup, lot, quantity);
}

void
stn_window_set_scanner (StnWindow *self, const char *device, const char *prefix, const char *suffix, guint gap_ms)
{
  stn_scanner_set_gap (self->scanner, gap_ms);
  stn_scanner_set_device (self->scanner, device);
  stn_scanner_set_affixes (self->scanner, prefix, suffix);
}

void
stn_window_add_page (StnWindow *self, GtkWidget *page, const char *name)
{
  gtk_stack_add_named (self->screens, page, name);
}

void
stn_window_set_page (StnWindow *self, const char *name)
{
  GtkWidget *page = name != NULL ? gtk_stack_get_child_by_name (self->screens, name) : NULL;
  g_free (self->page);
  self->page = g_strdup (name);
  stn_band_set_page_text (self->band, page != NULL ? stn_page_instruction (page) : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->footer), self->screen != STN_SCREEN_SIGN_IN && name == NULL);
  gtk_stack_set_visible_child_name (self->screens, name != NULL ? name : screen_names[self->screen]);
}

/* ---- keys ---- */

static gboolean
types_into_a_field (StnWindow *self)
{
  return GTK_IS_EDITABLE (gtk_window_get_focus (GTK_WINDOW (self)));
}

static gboolean
is_plain (const GdkEventKey *event)
{
  return (event->state & (GDK_CONTROL_MASK | GDK_MOD1_MASK | GDK_SUPER_MASK)) == 0;
}

/* The keys that are letters elsewhere; those with an accelerator are the application's. TRUE: done. */
static gboolean
take_key (StnWindow *self, const GdkEventKey *event)
{
  static const struct {
    guint key;
    const char *action;
  } keys[] = {
    { GDK_KEY_space, "start" },          { GDK_KEY_KP_Space, "start" },     { GDK_KEY_r, "retry" },
    { GDK_KEY_R, "retry" },              { GDK_KEY_BackSpace, "undo-scan" }, { GDK_KEY_Escape, "close-side" },
  };
  guint32 letter = gdk_keyval_to_unicode (event->keyval);
  char pin_key = event->keyval == GDK_KEY_BackSpace ? '\b' : letter < 128 ? (char) letter : 0;

  if (!is_plain (event) || (types_into_a_field (self) && event->keyval != GDK_KEY_Escape))
    return FALSE;
  if ((g_ascii_isdigit (pin_key) || pin_key == '\b' || pin_key == '\r')
      && (self->is_unlocking ? stn_unlock_type (self->unlock, pin_key) : stn_run_screen_type_pin (self->run, pin_key)))
    return TRUE;
  gboolean is_enter = event->keyval == GDK_KEY_Return || event->keyval == GDK_KEY_KP_Enter || event->keyval == GDK_KEY_Tab;
  if ((is_enter || letter == ' ') && stn_scanner_is_after_letter (self->scanner, event->time))
    return TRUE;
  /* Space in the open menu is the menu's */
  if (stn_header_is_menu_open (self->header))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == event->keyval) {
      /* a key that may not be used now says why, and presses nothing else that has the focus */
      if (g_action_group_get_action_enabled (G_ACTION_GROUP (self), keys[i].action))
        g_action_group_activate_action (G_ACTION_GROUP (self), keys[i].action, NULL);
      else
        request (self, "refused", keys[i].action);
      return TRUE;
    }
  return FALSE;
}

static void
on_scanned (gpointer data, const char *text)
{
  request (data, "scan", text);
}

/* A key that a person pressed, now or a moment ago. */
static void
on_typed (gpointer data, GdkEventKey *event)
{
  StnWindow *self = data;
  if (!take_key (self, event))
    GTK_WIDGET_CLASS (stn_window_parent_class)->key_press_event (GTK_WIDGET (self), event);
}

static gboolean
stn_window_key_press_event (GtkWidget *widget, GdkEventKey *event)
{
  StnWindow *self = STN_WINDOW (widget);
  stn_scanner_set_in_field (self->scanner, types_into_a_field (self));
  if (stn_scanner_press (self->scanner, event))
    return GDK_EVENT_STOP;
  if (take_key (self, event))
    return GDK_EVENT_STOP;
  return GTK_WIDGET_CLASS (stn_window_parent_class)->key_press_event (widget, event);
}

static gboolean
stn_window_key_release_event (GtkWidget *widget, GdkEventKey *event)
{
  stn_scanner_release (STN_WINDOW (widget)->scanner, event);
  return GTK_WIDGET_CLASS (stn_window_parent_class)->key_release_event (widget, event);
}

/* ---- size, beat ---- */

/* Type and spacing go with the room: 1024x600, an ordinary screen, a large one. */
static void
on_size_allocate (GtkWidget *widget, GtkAllocation *place, gpointer data G_GNUC_UNUSED)
{
  StnWindow *self = STN_WINDOW (widget);
  const char *wanted = place->height < 700 || place->width < 1200    ? "size-s"
                       : place->height < 1000 || place->width < 1800 ? "size-m"
                                                                     : "size-l";
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  if (self->size_class == wanted)
    return;
  self->is_low = place->height < HEIGHT_FOR_UNLOCK;
  if (self->size_class != NULL)
    gtk_style_context_remove_class (style, self->size_class);
  gtk_style_context_add_class (style, wanted);
  self->size_class = wanted;
}

static gboolean
on_beat (gpointer data)
{
  StnWindow *self = data;
  gint64 now_us = g_get_monotonic_time ();
  if (self->last_beat_us > 0)
    self->longest_stall_us = MAX (self->longest_stall_us, now_us - self->last_beat_us - BEAT_MS * 1000);
  self->last_beat_us = now_us;
  self->beat++;
  if (self->screen == STN_SCREEN_RUN && self->page == NULL)
    stn_run_screen_beat (self->run, self->beat);
  return G_SOURCE_CONTINUE;
}

gint64
stn_window_take_longest_stall (StnWindow *self)
{
  gint64 longest_us = self->longest_stall_us;
  self->longest_stall_us = 0;
  return longest_us;
}

static gboolean
stn_window_state_event (GtkWidget *widget, GdkEventWindowState *event)
{
  STN_WINDOW (widget)->is_fullscreen = (event->new_window_state & GDK_WINDOW_STATE_FULLSCREEN) != 0;
  return GTK_WIDGET_CLASS (stn_window_parent_class)->window_state_event (widget, event);
}

/* ---- the class ---- */

static void
stn_window_finalize (GObject *object)
{
  StnWindow *self = STN_WINDOW (object);
  if (self->beat_source != 0)
    g_source_remove (self->beat_source);
  stn_scanner_free (self->scanner);
  g_ptr_array_unref (self->sites);
  g_free (self->page);
  G_OBJECT_CLASS (stn_window_parent_class)->finalize (object);
}

static void
stn_window_class_init (StnWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = stn_window_finalize;
  widget_class->key_press_event = stn_window_key_press_event;
  widget_class->key_release_event = stn_window_key_release_event;
  widget_class->window_state_event = stn_window_state_event;
  request_signal = g_signal_new ("request", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  g_type_ensure (STN_TYPE_HEADER);
  g_type_ensure (STN_TYPE_BAND);
  g_type_ensure (STN_TYPE_FOOTER);
  g_type_ensure (STN_TYPE_SIGN_IN_SCREEN);
  g_type_ensure (STN_TYPE_SETUP_SCREEN);
  g_type_ensure (STN_TYPE_RUN_SCREEN);
  g_type_ensure (STN_TYPE_LOT_END_SCREEN);
  g_type_ensure (STN_TYPE_RECOVERY_SCREEN);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/window.ui");
  gtk_widget_class_bind_template_child (widget_class, StnWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, header);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, band);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, footer);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, screens);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, sign_in);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, setup);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, run);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, lot_end);
  gtk_widget_class_bind_template_child (widget_class, StnWindow, recovery);
  gtk_widget_class_bind_template_callback (widget_class, on_size_allocate);
}

static void
stn_window_init (StnWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  /* history (S7, S8) and reports (S9) have no page yet; who adds one enables them */
  enable (self, "history", FALSE);
  enable (self, "reports", FALSE);
  self->sites = g_ptr_array_new_with_free_func (g_free);
  self->scanner = stn_scanner_new (on_scanned, on_typed, self);
  self->unlock = g_object_new (STN_TYPE_UNLOCK, NULL);
  gtk_widget_set_halign (GTK_WIDGET (self->unlock), GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (GTK_WIDGET (self->unlock), 4);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->unlock), 4);
  stn_unlock_set_low (self->unlock, TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self->unlock), stn_metrics_pixels (GTK_WIDGET (self), UNLOCK_WIDTH_MM), -1);
  gtk_stack_add_named (self->screens, GTK_WIDGET (self->unlock), UNLOCK_PAGE);
  self->mark = stn_training_mark_new ();
  gtk_overlay_add_overlay (self->overlay, self->mark);
  gtk_overlay_set_overlay_pass_through (self->overlay, self->mark, TRUE);
  self->beat_source = g_timeout_add (BEAT_MS, on_beat, self);
}

StnWindow *
stn_window_new (GtkApplication *application)
{
  return g_object_new (STN_TYPE_WINDOW, "application", application, NULL);
}
