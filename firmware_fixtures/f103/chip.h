/* STM32F103 after reset: HSI 8 MHz, USART1 on PA9 (RM0008 sections 7.3, 9.2, 27.6). */
#pragma once

#include <stdint.h>

#define CHIP_CLOCK_HZ 8000000u
#define CHIP_INTERRUPTS 43
#define CHIP_SERIAL_ADDRESS 0x0801FC00u
#define CHIP_BAD_STACK 0x20010000u

#define CHIP_REGISTER(address) (*(volatile uint32_t *) (address))

static inline void
chip_usart_start (uint32_t baud)
{
  CHIP_REGISTER (0x40021004) = 0; /* RCC CFGR: HSI, undivided */
  CHIP_REGISTER (0x40021018) |= 1u << 14 | 1u << 2; /* RCC APB2ENR: USART1, GPIOA */
  CHIP_REGISTER (0x40010804) = (CHIP_REGISTER (0x40010804) & ~(0xFu << 4)) | (0xBu << 4); /* CRH: PA9 alternate */
  CHIP_REGISTER (0x4001380C) = 0; /* CR1: off */
  CHIP_REGISTER (0x40013808) = (CHIP_CLOCK_HZ + baud / 2) / baud; /* BRR: 0.6 % fast */
  CHIP_REGISTER (0x4001380C) = 1u << 13 | 1u << 3; /* CR1: UE, TE */
}

static inline void
chip_usart_put (char byte)
{
  while ((CHIP_REGISTER (0x40013800) & 1u << 7) == 0) /* SR: TXE */
    ;
  CHIP_REGISTER (0x40013804) = (uint8_t) byte; /* DR */
}
