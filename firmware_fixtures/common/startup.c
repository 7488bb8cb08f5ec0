/* Vector table and the way from reset to main. */
#include <stdint.h>

#include "chip.h"

/* from the linker script */
extern uint32_t link_data_load[], link_data_start[], link_data_end[];
extern uint32_t link_bss_start[], link_bss_end[], link_stack_end[];

void reset_handler (void);
void unexpected_handler (void);
void systick_handler (void);
int main (void);

typedef void (*handler) (void);

#ifdef FIXTURE_BAD_STACK
/* behind the chip's RAM: the first push ends in a lock-up, as with an image that was linked for a larger chip */
#define STACK_END ((handler) CHIP_BAD_STACK)
#else
#define STACK_END ((handler) link_stack_end)
#endif

enum { VECTOR_STACK = 0, VECTOR_RESET = 1, VECTOR_SYSTICK = 15, VECTOR_FIRST_INTERRUPT = 16 };

__attribute__ ((section (".vectors"), used)) const handler vectors[VECTOR_FIRST_INTERRUPT + CHIP_INTERRUPTS] = {
  [VECTOR_STACK] = STACK_END,
  [VECTOR_RESET] = reset_handler,
  [2 ... VECTOR_SYSTICK - 1] = unexpected_handler,
  [VECTOR_SYSTICK] = systick_handler,
  [VECTOR_FIRST_INTERRUPT ... VECTOR_FIRST_INTERRUPT + CHIP_INTERRUPTS - 1] = unexpected_handler,
};

void
unexpected_handler (void)
{
  for (;;)
    ;
}

void
reset_handler (void)
{
  /* the ROM may have jumped here with its own table in force */
  *(volatile uint32_t *) 0xE000ED08 = (uint32_t) vectors; /* SCB VTOR */

  const uint32_t *from = link_data_load;
  for (uint32_t *to = link_data_start; to < link_data_end; to++)
    *to = *from++;
  for (uint32_t *to = link_bss_start; to < link_bss_end; to++)
    *to = 0;
  main ();
  unexpected_handler ();
}
