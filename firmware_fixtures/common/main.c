/* Says READY and the serial that it finds in flash, then beats. */
#include <stddef.h>
#include <stdint.h>

#include "chip.h"
#include "descriptor.h"

void systick_handler (void);
int main (void);

#ifdef FIXTURE_TABLE
extern const uint16_t fixture_table[];
extern const uint32_t fixture_table_length;
#endif

/* The canaries of the reset path: both are spoiled once they were seen right, so that after a warm reset, where RAM
 * keeps its bytes, only a reset path that really copies and zeroes makes them right again. */
static volatile uint32_t data_canary = 0x5AFE0DA7;
static volatile uint32_t bss_canary;

static volatile uint32_t milliseconds;
static volatile uint32_t beats;
static volatile uint32_t reading;

void
systick_handler (void)
{
  milliseconds++;
}

static void
start_systick (void)
{
  volatile uint32_t *systick = (volatile uint32_t *) 0xE000E010; /* control, reload, current */

  systick[1] = CHIP_CLOCK_HZ / 1000 - 1;
  systick[2] = 0;
  systick[0] = 7; /* core clock, interrupt, on */
}

static void
wait_ms (uint32_t length)
{
  uint32_t start = milliseconds;

  while (milliseconds - start < length)
    __asm__ volatile ("wfi");
}

static void
say (const char *text)
{
  for (; *text != '\0'; text++)
    chip_usart_put (*text);
}

/* `format` with the serial in place of %s */
static void
say_with_serial (const char *format, const volatile char *serial)
{
  for (; *format != '\0'; format++) {
    if (format[0] != '%' || format[1] != 's') {
      chip_usart_put (*format);
      continue;
    }
    format++;
    if (serial[0] == '\0' || serial[0] == '\xFF')
      chip_usart_put ('?');
    for (int index = 0; index < FIXTURE_SERIAL_BYTES && serial[index] != '\0' && serial[index] != '\xFF'; index++)
      chip_usart_put (serial[index]);
  }
}

static uint32_t
crc32_of (const volatile uint8_t *bytes, uint32_t length)
{
  uint32_t crc = 0xFFFFFFFF;

  for (uint32_t index = 0; index < length; index++) {
    crc ^= bytes[index];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

int
main (void)
{
  /* volatile: what stands in flash, not what the compiler knew */
  const volatile struct fixture_descriptor *descriptor = &fixture_descriptor;
  const char *text = descriptor->text;

  start_systick ();
  chip_usart_start (descriptor->baud);
  wait_ms (descriptor->ready_delay_ms);
  if (text != NULL) {
    if (data_canary != 0x5AFE0DA7)
      say ("FAULT data\r\n");
    else if (bss_canary != 0)
      say ("FAULT bss\r\n");
    else if (crc32_of ((const volatile uint8_t *) descriptor, offsetof (struct fixture_descriptor, crc32)) !=
             descriptor->crc32)
      say ("FAULT descriptor\r\n");
    else
      say_with_serial (text, (const volatile char *) descriptor->serial_address);
  }
  data_canary = 0;
  bss_canary = 0xFFFFFFFF;

  for (;;) {
    wait_ms (250);
    beats++;
    *(volatile uint32_t *) 0x40003000 = 0xAAAA; /* IWDG: option bytes may have started it */
#ifdef FIXTURE_TABLE
    reading = fixture_table[beats % fixture_table_length];
#else
    reading = beats;
#endif
  }
}
