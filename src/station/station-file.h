/* station.yaml as it stands in the file: plain structs that the field table of station-fields.c fills. Private to
 * src/station; what the words mean together is checked in wiring.c. */
#pragma once

#include "src/base/fields.h"

G_BEGIN_DECLS

typedef enum { STN_ACTIVE_LOW, STN_ACTIVE_HIGH } StnActiveLevel;
typedef enum { STN_APPROVAL_OFF, STN_APPROVAL_REQUIRED } StnApprovalMode; /* as approval_names */
typedef enum { STN_REMOTE_USB_VIRTUAL, STN_REMOTE_USB_REAL } StnRemoteUsb; /* as remote_usb_names */

/* One pin: "c1.AC0", "uart.rts", or a mapping with its level. */
typedef struct {
  gboolean present;
  char *pin;
  int active; /* StnActiveLevel */
  gboolean open_drain;
  const StnNode *place;
} StnFilePin;

/* A USB place: a path as udev's ID_PATH has it, or a port of a named hub. */
typedef struct {
  gboolean present;
  char *path;
  char *hub;
  gint64 port;
  const StnNode *place;
} StnFileUsbPort;

typedef struct {
  gboolean present;
  char *port;
  char *baud; /* "auto" or a number */
  gint64 supply_uv;
  const StnNode *place;
  const StnNode *baud_place;
} StnFileUart;

typedef struct {
  StnFilePin line; /* its pin NULL: the hub port */
  StnFileUsbPort hub_port;
  gint64 off_ns, settle_ns;
  StnFilePin good, fault;
} StnFilePower;

typedef struct {
  char *name;
  GPtrArray *at; /* gint64: row, column */
  StnFilePin nrst, boot0, detect;
  StnFilePower power;
  StnFileUart uart;
  StnFileUsbPort usb;
  int program_by; /* StnProgramBy */
  gboolean enabled;
  const StnNode *place;
  const StnNode *name_place;
} StnFileSite;

typedef struct {
  char *name;
  StnFilePin start, lid;
  StnFilePin busy, ok, fail;
  GPtrArray *sites; /* StnFileSite */
  const StnNode *place;
} StnFileBank;

typedef struct {
  char *name;
  gboolean has_ft232h;
  char *serial;
  StnFileUsbPort port;
  gboolean buffered;
  const StnNode *place;
  const StnNode *name_place;
} StnFileControl;

typedef struct {
  char *name;
  char *path;
  const StnNode *place;
} StnFileHub;

/* One that begins at this time of day and lasts until the next begins. */
typedef struct {
  char *name;
  char *from;
  int from_minutes; /* of the day; filled by calendar.c */
  const StnNode *from_place;
} StnFileShift;

typedef struct {
  gboolean present;
  char *file;
  gint64 straight;
  char *target;
  gint64 seed;
  gboolean pace_line, pace_flash;
  gint64 pace_turnaround_ns;
  gint64 swap_ns, press_every_ns, press_for_ns; /* what its operator does */
  const StnNode *faults; /* a mapping of site to a list of faults */
  const StnNode *place;
  const StnNode *target_place;
} StnFileBench;

typedef struct {
  char *station;
  char *fixture_id, *fixture_revision;
  gint64 cycles_limit; /* 0: none */
  char *journal;
  char *people;
  int approval; /* StnApprovalMode */
  char *day_start;
  GPtrArray *shifts; /* StnFileShift */
  gint64 stagger_ns;
  int remote_usb; /* StnRemoteUsb */
  StnFileBench bench;
  GPtrArray *hubs;     /* StnFileHub */
  GPtrArray *controls; /* StnFileControl */
  GPtrArray *banks;    /* StnFileBank */
  const StnNode *place;
  const StnNode *day_start_place;
} StnStationFile;

G_END_DECLS
