/* pins PORT WORD...: moves the pins of an FT232H, as anybody would who has only libftdi1.
 *
 * PORT: "1-2" as the kernel names the device. Words, in their order:
 *   AC0=0 AD4=1 AC2=z   the next write drives the pin, or makes it an input; words without a pause between them go out
 * as one write sleep=MS read                prints the levels: "AC AD" in hex bad                 sends a bad command
 * (AA) and prints the answer loop                shifts two bytes through the loop-back and prints them */
#include <ftdi.h>
#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VENDOR 0x0403
#define PRODUCT 0x6014

static struct ftdi_context *ftdi;
static unsigned levels, directions;
static int is_pending;

static int
fail (const char *what)
{
  fprintf (stderr, "pins: %s: %s\n", what, ftdi_get_error_string (ftdi));
  exit (1);
}

static void
send_bytes (const unsigned char *bytes, int length)
{
  if (ftdi_write_data (ftdi, bytes, length) != length)
    fail ("write");
}

static void
flush_pins (void)
{
  if (!is_pending)
    return;
  const unsigned char bytes[] = { 0x80, (unsigned char) levels,        (unsigned char) directions,
                                  0x82, (unsigned char) (levels >> 8), (unsigned char) (directions >> 8) };
  send_bytes (bytes, sizeof bytes);
  is_pending = 0;
}

static void
receive (unsigned char *bytes, int length)
{
  int there = 0;
  for (int tries = 0; there < length && tries < 200; tries++) {
    int got = ftdi_read_data (ftdi, bytes + there, length - there);
    if (got < 0)
      fail ("read");
    there += got;
    if (got == 0)
      usleep (5000);
  }
  if (there < length) {
    fprintf (stderr, "pins: %d of %d bytes\n", there, length);
    exit (1);
  }
}

static void
query (const unsigned char *command, int command_length, int length)
{
  unsigned char answer[8];
  flush_pins ();
  send_bytes (command, command_length);
  receive (answer, length);
  for (int i = 0; i < length; i++)
    printf ("%s%02x", i > 0 ? " " : "", answer[i]);
  printf ("\n");
}

static void
set_pin (const char *word)
{
  int bit = word[2] - '0' + (word[1] == 'C' ? 8 : 0);
  if (strlen (word) != 5 || word[0] != 'A' || bit < 0 || bit > 15 || word[3] != '=') {
    fprintf (stderr, "pins: %s?\n", word);
    exit (2);
  }
  unsigned mask = 1u << bit;
  directions = word[4] == 'z' ? directions & ~mask : directions | mask;
  levels = word[4] == '1' ? levels | mask : levels & ~mask;
  is_pending = 1;
}

/* bus and port: there are no hubs here */
static struct libusb_device *
find_path (const char *path)
{
  struct ftdi_device_list *list = NULL;
  unsigned bus, port;
  if (sscanf (path, "%u-%u", &bus, &port) != 2 || ftdi_usb_find_all (ftdi, &list, VENDOR, PRODUCT) < 0)
    return NULL;
  struct libusb_device *found = NULL;
  for (struct ftdi_device_list *at = list; at != NULL && found == NULL; at = at->next)
    if (libusb_get_bus_number (at->dev) == bus && libusb_get_port_number (at->dev) == port)
      found = libusb_ref_device (at->dev);
  ftdi_list_free (&list);
  return found;
}

int
main (int argc, char **argv)
{
  if (argc < 2)
    return 2;
  ftdi = ftdi_new ();
  struct libusb_device *device = find_path (argv[1]);
  if (device == NULL || ftdi_usb_open_dev (ftdi, device) < 0)
    fail ("open");
  libusb_unref_device (device);
  if (ftdi_set_latency_timer (ftdi, 1) < 0 || ftdi_set_bitmode (ftdi, 0, BITMODE_RESET) < 0
      || ftdi_set_bitmode (ftdi, 0, BITMODE_MPSSE) < 0)
    fail ("MPSSE");
  for (int i = 2; i < argc; i++) {
    const char *word = argv[i];
    if (strncmp (word, "sleep=", 6) == 0) {
      flush_pins ();
      usleep ((useconds_t) atoi (word + 6) * 1000);
    } else if (strcmp (word, "read") == 0) {
      query ((const unsigned char[]){ 0x83, 0x81, 0x87 }, 3, 2);
    } else if (strcmp (word, "bad") == 0) {
      query ((const unsigned char[]){ 0xaa, 0x87 }, 2, 2);
    } else if (strcmp (word, "loop") == 0) {
      query ((const unsigned char[]){ 0x84, 0x31, 0x01, 0x00, 0x5a, 0xc3, 0x85, 0x87 }, 8, 2);
    } else {
      set_pin (word);
    }
  }
  flush_pins ();
  /* what has been written is still on its way when the port closes; a read that is answered came after it */
  if (ftdi_write_data (ftdi, (const unsigned char[]){ 0x81, 0x87 }, 2) == 2)
    receive ((unsigned char[1]){ 0 }, 1);
  ftdi_usb_close (ftdi); /* the MPSSE stays on, and the pins as they are */
  ftdi_free (ftdi);
  return 0;
}
