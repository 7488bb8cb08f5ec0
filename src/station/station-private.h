/* What the files of src/station share. */
#pragma once

#include "src/bench/bench.h"
#include "src/station/station-file.h"
#include "src/station/station.h"

G_BEGIN_DECLS

typedef enum {
  STN_PIN_REF_NONE,
  STN_PIN_REF_CONTROL, /* a line of a control adapter */
  STN_PIN_REF_UART     /* RTS or DTR of the site's own port */
} StnPinRefKind;

/* Where a line goes, by the station file. */
typedef struct {
  StnPinRefKind kind;
  guint control; /* index into controls */
  guint bit;
  gboolean active_low;
  const StnNode *place;
} StnPinRef;

typedef enum {
  STN_SIGNAL_NRST,
  STN_SIGNAL_BOOT0,
  STN_SIGNAL_POWER,
  STN_SIGNAL_DETECT,
  STN_SIGNAL_GOOD,
  STN_SIGNAL_FAULT,
  STN_SIGNAL_COUNT
} StnSignal;
extern const char *const stn_signal_names[STN_SIGNAL_COUNT];
/* NRST, BOOT0 and power are driven; the others are read. */
static inline gboolean
stn_signal_is_driven (StnSignal signal)
{
  return signal <= STN_SIGNAL_POWER;
}

/* A site as the file wires it; the live StnSite is filled from it when a run opens. */
typedef struct {
  const StnFileSite *file;
  guint bank;
  StnPinRef lines[STN_SIGNAL_COUNT];
  StnWiring wiring;
  char *usb_place; /* owned; NULL: no USB */
  guint group;     /* sites with the same number share lines; own number: shares none */
} StnSiteWiring;

typedef enum {
  STN_PANEL_START, /* read */
  STN_PANEL_LID,
  STN_PANEL_BUSY, /* driven */
  STN_PANEL_OK,
  STN_PANEL_FAIL,
  STN_PANEL_COUNT
} StnPanelSignal;
extern const char *const stn_panel_signal_names[STN_PANEL_COUNT];
static inline gboolean
stn_panel_signal_is_driven (StnPanelSignal signal)
{
  return signal >= STN_PANEL_BUSY;
}

/* A bank's own lines: what a person presses and sees. */
typedef struct {
  const StnFileBank *file;
  StnPinRef lines[STN_PANEL_COUNT];
} StnBankWiring;

typedef struct {
  const StnFileControl *file; /* of a hub: not in the file, `own_file` */
  StnFileControl *own_file;   /* owned; NULL: an adapter of the file */
  gboolean is_hub;            /* a USB hub whose ports are switched: bit N is port N */
  char *place;                /* what a provider opens: the serial, or the USB path */
  guint32 used_mask; /* lines that some site drives */
  guint32 rest_levels;
  guint32 open_drain_mask; /* of those, what is only ever pulled low */
} StnControlWiring;

struct StnStation {
  char *path;
  StnClock *clock;
  StnYaml *yaml; /* keeps the nodes that places point at */
  StnStationFile file;
  int day_start_minutes;
  GArray *controls;             /* StnControlWiring */
  GArray *wirings;              /* StnSiteWiring, in the order of the file */
  GArray *banks;                /* StnBankWiring, likewise */
  GPtrArray *sites;             /* StnSite, as long as wirings */
  GPtrArray *warnings;          /* char * */
  StnTargets *targets;          /* read when first asked for */
  StnBenchConfig *bench_config; /* NULL: no bench */
  char *journal_path, *people_path;
  gboolean keeps_bench, is_training;
  StnBench *bench; /* with keeps_bench, once it was needed */
  gboolean is_virtual; /* a bench, or devices that count as one: its records are of the virtual kind */
};

/* calendar.c: day-start and shifts of the file. */
gboolean stn_station_read_calendar (StnStation *self, GError **error);
/* The shift of a moment; NULL: the file has none. `zone` NULL: the machine's. Borrowed. */
const char *stn_station_shift (const StnStation *self, gint64 utc_us, GTimeZone *zone);

/* wiring.c: from words to controls, lines and groups; everything that contradicts itself is refused. */
gboolean stn_station_read_wiring (StnStation *self, GError **error);
/* "c1.AC0", "uart.rts", "pci-…-usb-0:1.2": a line as people read it. Free with g_free. */
char *stn_station_line_text (const StnStation *self, const StnPinRef *line);

/* remote-usb.c: whether some port or adapter of the file is plugged into a virtual host controller (vhci_hcd, dummy_hcd) now,
 * or says so by its name. Reads sysfs and udev, opens nothing. */
gboolean stn_station_has_remote_usb (const StnStation *self);

/* run.c: adds the indexes of the sites that take part: `sites` (NULL: all that are enabled) without `skip`. Errors:
 * usage, not-supported. */
gboolean stn_station_pick_sites (const StnStation *self, const char *const *sites, const char *const *skip,
                                 GArray *out_indexes, GError **error);

typedef struct StnPorts StnPorts;
/* windows.c: blocks until every write window that an earlier program left open on what `ports` use (NULL: anything) has
 * had its time. Touches nothing. */
gboolean stn_station_wait_out_windows (StnStation *self, const StnPorts *ports, GCancellable *cancellable,
                                       GError **error);

/* What the fixture's inputs say now, for who looks now and then and draws it. */
typedef struct {
  gboolean is_pressed;      /* a press of START counts */
  const char *open_lid;     /* the first bank whose lid is open, or NULL; borrowed */
  gboolean lid_was_closed;  /* opened since the last cycle, and closed again */
  gboolean boards_are_in;   /* in every site that takes part and has a detect pin, each new since its last cycle */
  const char *left_in_place; /* a site whose board was left there while others were changed, told once; borrowed */
} StnRunInputs;
/* run.c: looks once, with a wait of its own. After open. Errors: the adapters'. */
gboolean stn_station_run_look (StnStationRun *self, StnRunInputs *out, GError **error);
/* As the functions of presence.h; sites by name. After open. */
gboolean stn_station_run_board (const StnStationRun *self, const char *site, gboolean *out_is_in, gboolean *out_is_new);
void stn_station_run_use (StnStationRun *self, const char *site, gboolean on);
void stn_station_run_set_old (StnStationRun *self, const char *site);

/* run.c: the bench that the run's ports are opened in; NULL: real ports. Borrowed. */
StnBench *stn_station_run_bench (const StnStationRun *self);

/* bench-config.c: the bench that `bench:` asks for. NULL with an error; not called without `bench:`. */
StnBenchConfig *stn_station_read_bench (StnStation *self, GError **error);
/* The bench itself, from the configuration that was read. Touches nothing outside the program. */
StnBench *stn_station_make_bench (StnStation *self, GError **error);


G_END_DECLS
