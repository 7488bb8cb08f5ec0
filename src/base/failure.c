#include "src/base/failure.h"
#include "src/base/fields.h"

#include <string.h>

#define UNIT STN_BLAME_UNIT
#define STATION STN_BLAME_STATION
#define INPUT STN_BLAME_INPUT
#define GATE STN_BLAME_GATE
#define OPERATOR STN_ACTOR_OPERATOR
#define ENGINEER STN_ACTOR_ENGINEER
#define MAINTENANCE STN_ACTOR_MAINTENANCE
#define REJECT_BIN STN_ACTOR_REJECT_BIN

static const StnFailureRow failure_rows[STN_FAILURE_COUNT] = {
  [STN_FAILURE_NONE] = { "", STN_BLAME_NOBODY, STN_ACTOR_NOBODY, "", "", "" },

  /* the unit's */
  [STN_FAILURE_NO_SYNC] = { "no-sync", UNIT, OPERATOR, "Board in %s does not answer. Reseat it, try once more.",
                            "Reseat the board and run it once more; if it fails again, put it in the reject bin.",
                            "The port works, but the chip's ROM never answered the first byte (7F on a UART) with 79. "
                            "Go through the old "
                            "checklist, in this order: are these the USART pins that this chip's ROM listens on "
                            "(AN2606 names them per part); "
                            "are TX and RX crossed, the board's TX to the adapter's RX; do board and fixture share a "
                            "ground; is BOOT0 really "
                            "high at the chip, and was it high before NRST rose; was the chip reset right before, "
                            "because a ROM that has "
                            "chosen another interface, or has measured one wrong byte, stays deaf until the next "
                            "reset; does another baud "
                            "work, as the ROM measures the rate and parity must be even. After that: the chip ignores "
                            "the BOOT0 pin because "
                            "of its option bytes (nBOOT_SEL, nSWBOOT0) and its flash is not empty, readout level 2 is "
                            "set, or the board has "
                            "no power. One site that fails alone points at the board or the contact; all sites point "
                            "at the fixture." },
  [STN_FAILURE_WRONG_CHIP] = { "wrong-chip", UNIT, REJECT_BIN,
                               "Board in %s carries the wrong chip. Use the reject bin.",
                               "Put the board aside and compare the part number on the chip with the job's target.",
                               "The chip answered, and its product id, ROM version or flash size is not what the job's "
                               "target says; nothing was "
                               "written. Usual causes, in order: the wrong board variant was loaded, the wrong job was "
                               "chosen, the assembler "
                               "fitted a substitute part, or a new silicon revision needs a row in the target's "
                               "data." },
  [STN_FAILURE_READ_PROTECTED] = { "read-protected", UNIT, REJECT_BIN,
                                   "Board in %s is locked against reading. Use the reject bin.",
                                   "Put the board aside; if it may be erased, the engineer runs a job with “unprotect: "
                                   "allowed”.",
                                   "Readout protection is on, so the ROM refuses to read and write memory. Usual "
                                   "causes, in order: the board was "
                                   "programmed before and is finished, an earlier run was cut off while it wrote "
                                   "option bytes (the chip then reads "
                                   "them as level 1), or the chip was bought used. Taking the protection off erases "
                                   "the whole flash, and from level "
                                   "2 there is no way back; so it happens only where the job asks for it: a line "
                                   "“unprotect: allowed”, and stationctl explain says how long the erase takes. After "
                                   "a run that was cut, stationctl recover --erase does the same to the one board that "
                                   "--board names." },
  [STN_FAILURE_WRITE_PROTECTED] = { "write-protected", UNIT, ENGINEER,
                                    "Board in %s is locked against writing. Call the engineer.",
                                    "Read the option bytes (stationctl option-bytes --site SITE) and decide whether the "
                                    "job may lift the write protection: “unprotect: allowed”.",
                                    "At least one page that the job writes has write protection, so the ROM refuses "
                                    "the erase or the write, or takes "
                                    "it and changes nothing. Usual causes, in order: the board was programmed before, "
                                    "the job protects a region that "
                                    "it also writes, or the chip came with protection from another customer." },
  [STN_FAILURE_NACK] = { "nack", UNIT, OPERATOR, "Board in %s refused a command. Try it again once.",
                         "Run the board once more; if it fails again, put it in the reject bin and keep the "
                         "transcript.",
                         "The ROM answered a command, an address or a data block with NACK (1F) and no more exact "
                         "reason is known. Usual "
                         "causes, in order: a damaged byte on the line, an address that this part does not have, a "
                         "command that its ROM "
                         "version lacks, or protection that the chip did not report. The record keeps the last bytes "
                         "of the exchange." },
  [STN_FAILURE_GARBAGE] = { "garbage", UNIT, OPERATOR, "Board in %s answers with noise. Reseat it, try once more.",
                            "Reseat the board and run it once more; if it fails again, lower the baud or look at "
                            "ground and supply.",
                            "Bytes came from the board that are no answer of the protocol. Usual causes, in order: the "
                            "application is running "
                            "instead of the ROM and prints its own text, a poor ground, a baud too high for the cable "
                            "or for the chip's own "
                            "oscillator, a level shifter that is too slow, or two boards on one line." },
  [STN_FAILURE_NO_ANSWER] = { "no-answer", UNIT, OPERATOR, "Board in %s went silent. Reseat it, try once more.",
                              "Reseat the board and run it once more; if it fails again, put it in the reject bin.",
                              "The board had answered before and then did not within the time that its ROM may take. "
                              "Usual causes, in order: a "
                              "loose contact, a supply that drops while the flash is written, a watchdog that option "
                              "bytes start by hardware, "
                              "or a reset line that is pulled by something else." },
  [STN_FAILURE_ERASE_TIMEOUT] = { "erase-timeout", UNIT, REJECT_BIN,
                                  "Board in %s took too long to erase. Use the reject bin.",
                                  "Put the board aside; if all boards show this, have the target's erase times "
                                  "checked.",
                                  "No answer came within the longest time that the data sheet gives for this erase. "
                                  "Usual causes, in order: the "
                                  "board lost power or was reset during the erase, a supply that is too low, a failing "
                                  "flash, or erase times in the "
                                  "target's data that are shorter than this part's." },
  [STN_FAILURE_WRITE_FAILED] = { "write-failed", UNIT, REJECT_BIN,
                                 "Board in %s could not be written. Use the reject bin.",
                                 "Put the board aside; check the supply voltage if several boards show this.",
                                 "The ROM refused a write, or the device reported an error while it programmed. Usual "
                                 "causes, in order: write "
                                 "protection, a place that was not erased first, an address outside the flash, a "
                                 "supply that drops while the flash "
                                 "is programmed, a failing flash." },
  [STN_FAILURE_VERIFY_MISMATCH] = { "verify-mismatch", UNIT, REJECT_BIN,
                                    "Board in %s holds wrong data. Use the reject bin.",
                                    "Put the board in the reject bin; if several boards fail at one address, call the "
                                    "engineer.",
                                    "What was read back is not what was written, although the ROM acknowledged the "
                                    "write. The record names the first "
                                    "address with the byte that was expected and the byte that was seen. Usual causes, "
                                    "in order: a damaged flash "
                                    "cell, a damaged byte on the line, write protection that lets a write pass without "
                                    "effect, or a quirk of the part "
                                    "by which one command reaches another page." },
  [STN_FAILURE_NOT_BLANK] = { "not-blank", UNIT, REJECT_BIN, "Board in %s is not empty. Use the reject bin.",
                              "Put the board aside and find out whether it was programmed before.",
                              "A page that nothing of the job covers does not read as erased, and the job asks for it. "
                              "Usual causes, in order: "
                              "the board was programmed before, a region is missing from the job's keep list, or the "
                              "erase left cells behind." },
  [STN_FAILURE_OPTION_BYTES_UNKNOWN] = { "option-bytes-unknown", UNIT, ENGINEER,
                                         "Board in %s has unexpected option bytes. Call the engineer.",
                                         "Leave the board where it is and run `stationctl recover --sites SITE`; it "
                                         "says "
                                         "what the board has and puts back what it had.",
                                         "The option bytes could not be read, read differently twice, do not fit "
                                         "together with their complements, are not what was written, or are such that "
                                         "what the job adds would shut the board. Writing over them could lock the "
                                         "chip for good, so nothing more is written. Usual causes, in order: an option "
                                         "write that lost power or its line half-way, a board that came with other "
                                         "options than a new one (stationctl option-bytes --site SITE shows them), a "
                                         "ROM that loads options only at power-on, or a part that the target does not "
                                         "describe." },
  [STN_FAILURE_NOT_PROTECTED] = { "not-protected", UNIT, REJECT_BIN,
                                  "Board in %s is not protected. Use the reject bin.",
                                  "Put the board aside; if several boards show it, compare the ROM version with the "
                                  "target's data.",
                                  "Protection was written and read back, and what it must refuse was not refused: the "
                                  "ROM showed flash that is read protected, or a write to a protected page changed it. "
                                  "Usual causes, in order: a ROM version that does not load options until the board "
                                  "has been off, a part that is not what its marking says, or option data that do not "
                                  "fit this part." },
  [STN_FAILURE_NO_BOOT] = { "no-boot", UNIT, REJECT_BIN, "Board in %s does not start. Use the reject bin.",
                            "Put the board in the reject bin; if the first boards all show this, check the job's boot "
                            "check.",
                            "Everything was written and proved, and after the reset the board gave no sign of life "
                            "within the time of the "
                            "job's boot check. Usual causes, in order: a fault elsewhere on the board (crystal, "
                            "supply, a stuck input), BOOT0 "
                            "that does not fall, option bytes that keep the chip in its ROM or make its reset pin "
                            "a plain pin, firmware that was "
                            "linked for another "
                            "address, or a boot check that waits for the wrong thing or too short a time." },
  [STN_FAILURE_WRONG_ANSWER_AT_BOOT] = { "wrong-answer-at-boot", UNIT, REJECT_BIN,
                                         "Board in %s started wrongly. Use the reject bin.",
                                         "Compare what the board said, in the record, with the job's boot check.",
                                         "The board started, but what it said is not what the job's boot check "
                                         "expects. Usual causes, in order: firmware "
                                         "of another version, a self-test of the firmware that failed, a serial number "
                                         "that does not match, or a boot "
                                         "check that was written for another revision." },
  [STN_FAILURE_UNIT_CHANGED] = { "unit-changed", UNIT, OPERATOR,
                                 "Board in %s was changed during the run. Run it again.",
                                 "Run the board again from the start and keep hands off the fixture until it ends.",
                                 "The chip's unique id at a later entry is not the one that was read first, so the "
                                 "proofs of this run belong to "
                                 "two different boards. Usual causes, in order: a board was swapped during the run, "
                                 "lines of two sites are crossed "
                                 "in the fixture, or a damaged byte in the id." },
  [STN_FAILURE_PASS_UNDONE] = { "pass-undone", UNIT, OPERATOR,
                                "Board in %s was done and is now erased. Run it again.",
                                "Keep the board away from the good ones and run it again, or put it in the reject bin.",
                                "The board had passed this job and arrived with readout protection. The job says "
                                "“unprotect: allowed”, and under protection no ROM shows which chip it is, so it was "
                                "opened, which erased it, before the record could tell that it was done. Its PASS no "
                                "longer counts, and the next run programs it anew, under the serial that it had. Usual "
                                "cause: a board from the good bin was put in once more." },
  [STN_FAILURE_BOARD_SHORTED] = { "board-shorted", UNIT, REJECT_BIN, "Board in %s has a short. Remove it now.",
                                  "Take the board out and put it in the reject bin; the site stays off until then.",
                                  "The supply of this site reported over-current or a fault when power came on, so the "
                                  "site was switched off and "
                                  "stays off. Usual causes, in order: a solder bridge or a part mounted the wrong way "
                                  "round, a board that sits "
                                  "askew on the pins, a damaged fixture pin." },

  /* nobody's fault yet: it becomes the station's when half a bank shows it */
  [STN_FAILURE_EMPTY_OR_NO_CONTACT] = { "empty-or-no-contact", STN_BLAME_NOBODY, OPERATOR,
                                        "No board found in %s. Check that it is seated.",
                                        "Load or reseat the board; leave the site empty on purpose by skipping it.",
                                        "No byte ever came from this site and it has no detect pin, so an empty site "
                                        "and a board without contact look "
                                        "alike; it counts neither as pass nor as fail. Usual causes, in order: no "
                                        "board is loaded, the board is not "
                                        "seated, the board has no power, a fixture pin is worn. On half of a bank or "
                                        "more it is taken as the station's "
                                        "fault." },

  /* the station's */
  [STN_FAILURE_SAME_UNIT_TWICE] = { "same-unit-twice", STATION, MAINTENANCE,
                                    "The board in %s shows up on two sites. Call maintenance.",
                                    "Have the wiring of the sites checked before anything more is programmed.",
                                    "The same unique id was read on two sites of the station at once, and a chip's id "
                                    "exists only once. Usual causes, "
                                    "in order: lines of two sites are crossed or joined in the fixture, two ports of "
                                    "the station file name the same "
                                    "adapter, or a counterfeit chip with a copied id. Passes of that pair of sites "
                                    "since the last check deserve a "
                                    "second look." },
  [STN_FAILURE_ADAPTER_MISSING] = { "adapter-missing", STATION, MAINTENANCE,
                                    "The adapter of %s is missing. Call maintenance.",
                                    "Check the adapter's USB cable and compare its serial or port with the station "
                                    "file.",
                                    "An adapter or port that the station file names is not there. Usual causes, in "
                                    "order: a cable is unplugged, a hub "
                                    "has lost its supply, the adapter was exchanged and the station file still names "
                                    "the old one, its driver or udev "
                                    "rule is not installed, or the name in the station file is wrong." },
  [STN_FAILURE_LINK_LOST] = { "link-lost", STATION, MAINTENANCE, "The connection to %s was lost. Call maintenance.",
                              "Check the cable and the hub of that adapter, then run the boards of the bank again.",
                              "A port that was open disappeared or hung up during the run. Usual causes, in order: a "
                              "cable was pulled or is "
                              "worn, a hub resets because of a supply dip, a short on a board pulled the adapter down, "
                              "or electrostatic "
                              "discharge. What was written to the board is unproved, so the board runs again from the "
                              "start." },
  [STN_FAILURE_LINK_UNSTABLE] = { "link-unstable", STATION, MAINTENANCE,
                                  "The connection to %s is unreliable. Call maintenance.",
                                  "Have plug, cable and supply of this site checked; it takes part again from the next "
                                  "start on.",
                                  "The board's USB device went by itself three times within ten seconds, in one run or "
                                  "from one board to the next, so the trouble stays with the site, and the site is "
                                  "left "
                                  "out of the cycles that follow until the run is started anew. Usual causes, in "
                                  "order: "
                                  "a worn plug, fixture pin or cable, a hub whose supply dips when boards come up, a "
                                  "poor ground, interference from a machine nearby." },
  [STN_FAILURE_PORT_BUSY] = { "port-busy", STATION, ENGINEER, "The port of %s is used by another program.",
                              "Close the other program; the message names its process where the system tells it.",
                              "The port exists and somebody else holds it. Usual causes, in order: a terminal program "
                              "or a second copy of "
                              "Station is open, a modem manager probes the port, the kernel's serial driver has "
                              "claimed an adapter that is used "
                              "for pins, or a program that crashed still holds its lock." },
  [STN_FAILURE_PERMISSION] = { "permission", STATION, ENGINEER, "No permission to use %s. Call the engineer.",
                               "Install the udev rules or add this user to the group that owns the device or file.",
                               "The system refused access to a device, a folder or a file. Usual causes, in order: the "
                               "udev rules of Station are "
                               "not installed, the user is not in the group that owns serial ports, or the journal's "
                               "folder belongs to somebody "
                               "else." },
  [STN_FAILURE_TIMEOUT] = { "timeout", STATION, ENGINEER, "The station took too long at %s. Call the engineer.",
                            "Look in the record for the step that ran out of time, then check adapter and load of this "
                            "machine.",
                            "An operation of the station itself did not end before its deadline, and no more exact "
                            "reason is known. Usual "
                            "causes, in order: an adapter or hub that hangs, a file system that stalls, a machine "
                            "under heavy load, or a "
                            "limit in the job or station file that is too short." },
  [STN_FAILURE_CANCELLED] = { "cancelled", STN_BLAME_NOBODY, OPERATOR, "Stopped at %s on request. Run the board again.",
                              "Run the board again from the start.",
                              "Somebody asked for the stop, by the stop button, a signal, a closed window or an opened "
                              "lid. The board may be "
                              "half programmed; as its first block is written last, it does not run half a program. It "
                              "counts neither as pass "
                              "nor as fail." },
  [STN_FAILURE_BANK_BUSY] = { "bank-busy", STATION, OPERATOR, "This bank is in use by another program.",
                              "Wait until the owner named in the message has finished, or close it.",
                              "Another program on this machine holds the lock of the bank's control adapter, and two "
                              "programs that move the "
                              "same pins would ruin each other's boards. Usual causes, in order: the window and a "
                              "script run at the same time, "
                              "or an earlier command still waits for an open write window to end." },
  [STN_FAILURE_SHARED_LINE] = { "shared-line", STATION, ENGINEER,
                                "A shared line of %s could not be set. Call the engineer.",
                                "Look which site held the line in the record, and check that group of sites.",
                                "Sites that share a line have to agree on its level, and the agreement did not come in "
                                "time. Usual causes, in "
                                "order: another site of the group is in a long erase, a site of the group hangs, or "
                                "the station file joins sites "
                                "that are not joined in the fixture." },
  [STN_FAILURE_MANY_ALIKE] = { "many-alike", STATION, MAINTENANCE, "Many sites fail alike. Stop and call maintenance.",
                               "Check what the sites have in common, supply, fixture, adapter and job, before going "
                               "on.",
                               "Half of the bank or more failed in the same way in one cycle, which good and bad "
                               "boards mixed at random do not "
                               "do. Usual causes, in order: the fixture is not closed, its supply is off, a common "
                               "adapter or ground is broken, "
                               "the wrong job or the wrong boards are loaded, or the firmware itself is at fault." },
  [STN_FAILURE_JOURNAL] = { "journal", STATION, ENGINEER, "The journal cannot be used. Stop and call the engineer.",
                            "Check the journal's disk, rights and place; nothing is programmed until it works.",
                            "The journal could not be opened, read or trusted, and without a journal no board is "
                            "programmed. Usual causes, in "
                            "order: the disk is full, the folder is not writable, a virtual station was pointed at a "
                            "production journal or "
                            "the other way round, the file was written by a newer version, or its chain of records is "
                            "broken." },
  [STN_FAILURE_NOT_RECORDED] = { "not-recorded", STATION, ENGINEER,
                                 "Result of %s is not recorded. Keep the board aside.",
                                 "Set the board aside, mend the journal, and run the board again.",
                                 "The run came to an end and its result could not be made durable, so it does not "
                                 "count as a pass whatever the "
                                 "board now holds. Usual causes, in order: the disk is full or failing, the file "
                                 "system became read-only, or the "
                                 "network place of the journal went away." },
  [STN_FAILURE_INTERNAL] = { "internal", STATION, ENGINEER, "The program has a fault at %s. Call the engineer.",
                             "Keep the record and the trace, and report them to the maintainers.",
                             "Something happened that this program takes as impossible: a broken promise between its "
                             "own parts, or an error of "
                             "a library that nobody has given a name. Nothing about the board follows from it, so run "
                             "the board again." },

  /* refused before a pin moves */
  [STN_FAILURE_NEEDS_POWER_CYCLE] = { "needs-power-cycle", INPUT, ENGINEER,
                                      "Job needs to switch the power of %s. Call the engineer.",
                                      "Wire a power line for the site, or change the job so that it needs none.",
                                      "With what the job asks and what the chip holds, the only way on leads through a "
                                      "power-off, and this site has no "
                                      "power line. Usual causes, in order: the chip samples whether its flash is empty "
                                      "only at power-on, its option "
                                      "bytes make it ignore the BOOT0 pin, or a protection change takes effect only "
                                      "after power returns. Nothing was "
                                      "started, because the board could have been left where nobody gets in again." },
  [STN_FAILURE_USAGE] = { "usage", INPUT, OPERATOR, "The command was not understood.",
                          "Read the message and the command's --help, and give the command again.",
                          "The command line names an option, a command or a value that does not exist or does not go "
                          "together. No file was "
                          "changed and no pin was moved." },
  [STN_FAILURE_BAD_FILE] = { "bad-file", INPUT, ENGINEER, "A settings file has a mistake. Call the engineer.",
                             "Mend the file at the line and column that the message names.",
                             "A job, station, bench or target file cannot be read or breaks its grammar. The message "
                             "names file, line, column, "
                             "what was expected and what was found. Usual causes, in order: a misspelt key, a number "
                             "without its unit, wrong "
                             "indentation, a file that is named relative to the wrong folder." },
  [STN_FAILURE_BAD_IMAGE] = { "bad-image", INPUT, ENGINEER, "The firmware file cannot be used. Call the engineer.",
                              "Build or export the firmware again and compare its hash with the job.",
                              "A firmware file is missing, damaged, not of its kind, or does not fit. Usual causes, in "
                              "order: its SHA-256 is "
                              "not the one in the job, the file was cut short in a copy, a checksum of a line is "
                              "wrong, its vectors do not "
                              "point into the flash of the target, or two files overlap." },
  [STN_FAILURE_BAD_PLAN] = { "bad-plan", INPUT, ENGINEER, "This job does not fit this station. Call the engineer.",
                             "Change the job or the station file as the message says.",
                             "Job, target and wiring are each sound and do not go together. Usual causes, in order: "
                             "the job needs a line that "
                             "the site does not have, a region lies outside the target's flash, something that the job "
                             "keeps shares a page "
                             "with something that it writes, or a protection would shut out a later step." },
  [STN_FAILURE_NOT_SUPPORTED] = { "not-supported", INPUT, ENGINEER,
                                  "The job asks for something unsupported. Call the engineer.",
                                  "Take it out of the job, or use a version of the program that has it.",
                                  "What was asked for is understood and named, and this program, this port or this "
                                  "chip's ROM does not do it. "
                                  "Nothing was started, rather than doing only part of the job." },
  [STN_FAILURE_PROVISIONAL_TARGET] = { "provisional-target", INPUT, ENGINEER,
                                       "This chip is not released for production. Call the engineer.",
                                       "Try the target on real boards and release its data, or choose a released "
                                       "target.",
                                       "The target's description comes from documents alone and has not been proved on "
                                       "silicon, so production refuses "
                                       "it. A wrong row of option bytes could lock every board of a lot." },
  [STN_FAILURE_WOULD_LOCK_OUT] = { "would-lock-out", INPUT, ENGINEER, "This job would lock boards. Call the engineer.",
                                   "Read what “stationctl explain” says of the job and take the option out, or accept "
                                   "its "
                                   "consequence by name and sign the job.",
                                   "The option bytes that the job asks for have a consequence that can't be taken "
                                   "back, "
                                   "or that leaves no way into the ROM, and the job does not say that this is meant. "
                                   "One "
                                   "wrong bit here has made whole lots of boards useless. Usual causes, in order: a "
                                   "bit "
                                   "whose sense is the other way round on this family, a boot setting without “boot: "
                                   "{ rom-entry: pin }” on a part that ignores BOOT0 as shipped, level 2 where level 1 "
                                   "was "
                                   "meant, a job copied from another family." },
  [STN_FAILURE_NOT_SIGNED] = { "not-signed", INPUT, ENGINEER, "This job is not signed. Call the engineer.",
                               "Have the job checked and signed: stationctl sign JOB.",
                               "The job accepts a consequence that can't be taken back, and only a job that is signed "
                               "with a key of this station may. Usual causes, in order: it was never signed, the job "
                               "or "
                               "one of its files was changed after it was signed, the key is not in this station's "
                               "folder of keys (stationctl keys), the signature file was not copied with the job." },

  /* refused by a gate */
  [STN_FAILURE_ALREADY_DONE] = { "already-done", GATE, OPERATOR,
                                 "Board in %s is done already. Put it with the good ones.",
                                 "Put the board with the good ones; to program it again the job has to allow repeats.",
                                 "The journal holds a pass of this job for this chip's unique id, so nothing was "
                                 "written. Usual causes, in order: "
                                 "the board was loaded twice, finished and fresh boards were mixed, or rework came "
                                 "back without its disposition." },
  [STN_FAILURE_SERIAL_USED] = { "serial-used", GATE, OPERATOR, "Serial number of %s is already used. Check the label.",
                                "Compare the label with the record of that serial, and void it only with authority.",
                                "The serial number that was scanned or supplied belongs to another unit, or was made "
                                "void. Usual causes, in "
                                "order: a label was scanned twice, labels were mixed up, a list of serials was loaded "
                                "a second time." },
  [STN_FAILURE_SERIALS_EXHAUSTED] = { "serials-exhausted", GATE, ENGINEER,
                                      "No serial numbers are left. Call the engineer.",
                                      "Load a new list or block of serial numbers, or widen the counter in the job.",
                                      "The list, block or counter that the job takes its serial numbers from has none "
                                      "left. Usual causes, in order: the "
                                      "order is complete, the next block has not arrived from the central database, or "
                                      "the pattern has too few digits." },
  [STN_FAILURE_RETRY_LIMIT] = { "retry-limit", GATE, REJECT_BIN, "Board in %s failed too often. Use the reject bin.",
                                "Put the board in the reject bin; rework needs a disposition before it runs again.",
                                "This board has failed as often as the job's limits allow, and one more try would only "
                                "hide a weak board among "
                                "the good ones. After a repair, a disposition in the record lets it run again." },
  [STN_FAILURE_QUANTITY] = { "quantity", GATE, OPERATOR, "The ordered quantity is reached. Load no more boards.",
                             "Stop here, or have the quantity in the job raised.",
                             "As many boards have passed as the job's limits ask for, counting those of every station "
                             "that shares the "
                             "journal. More of them would be boards that nobody ordered, or a sign that boards of "
                             "another lot are mixed in." },
  [STN_FAILURE_STOP_RULE] = { "stop-rule", GATE, ENGINEER, "Too many failures in a row. Stop and call the engineer.",
                              "Find the common cause in the last records, then acknowledge the stop.",
                              "The job's stop rule has been met: too many failures one after another, or a yield that "
                              "is too low. More boards "
                              "would most likely fail the same way, so nothing starts until somebody has looked and "
                              "acknowledged it." },
  [STN_FAILURE_EXPIRED] = { "expired", GATE, ENGINEER, "This job is no longer valid. Call the engineer.",
                            "Have the job renewed or replaced by its current revision.",
                            "The date in the job's limits, or that of its approval, has passed. Usual causes, in "
                            "order: a newer revision of "
                            "the job exists, or the clock of this machine is wrong." },
  [STN_FAILURE_LID_OPEN] = { "lid-open", GATE, OPERATOR, "The lid is open. Close it.",
                             "Close the lid of the fixture, then start again.",
                             "The lid's input of a bank that takes part says that the fixture is open, and nothing "
                             "starts like that. Usual causes, in order: the lid is not fully down, its switch is worn "
                             "or its cable is loose, the station file names the wrong pin or the wrong level." },
  [STN_FAILURE_JOB_CHANGED] = {
    "job-changed", GATE, ENGINEER, "The job differs from the approved one. Call the supervisor.",
    "Compare job and firmware with what was approved; then approve them anew, or put the "
    "old files back.",
    "The job file or a file that it names is not, byte for byte, what was approved, what "
    "the lot was begun with, or what was read when the job was opened; the message names "
    "which. Nothing starts with it. Usual causes, in order: a new firmware was put in "
    "place, somebody mended the job, a lot is taken up again with another job, a disk or "
    "a copy went wrong." },
  [STN_FAILURE_NOT_APPROVED] = {
    "not-approved", GATE, ENGINEER, "This job is not approved yet. Call the supervisor.",
    "Have the job checked and approved: stationctl approve JOB.",
    "The station file says `approval: required`, and nobody has approved this job and the"
    " files that it names, or the approval was taken back. An approval is for the exact "
    "bytes of job and firmware." },
  [STN_FAILURE_NOT_ALLOWED] = {
    "not-allowed", GATE, ENGINEER, "That needs a supervisor. Call the supervisor.",
    "Let a supervisor unlock the station with badge and PIN.",
    "What was asked for is a supervisor's: switching sites off and on, going on after a "
    "stop, allowing one more retry, changing how a cycle starts. It is allowed after a "
    "supervisor has unlocked the station, for five minutes after the last use. Where "
    "nobody is known as a supervisor, `stationctl people add` makes one." },
  [STN_FAILURE_UNKNOWN_BADGE] = {
    "unknown-badge", GATE, OPERATOR, "This badge is not known. Scan your own badge.",
    "Scan the badge again; if it stays unknown, have it added: stationctl people add.",
    "The badge that was scanned is in the station's people file under no name. Usual "
    "causes, in order: a code of something else was scanned, the person is new, the "
    "people file of another station is in use." },
  [STN_FAILURE_WRONG_PIN] = {
    "wrong-pin", GATE, OPERATOR, "The PIN is wrong. Try it again.",
    "Type the PIN again; after three wrong ones the station waits before it listens.",
    "The PIN does not belong to this badge, or the badge has none. After three wrong PINs"
    " of a badge each further try has to wait longer. `stationctl people pin` sets a new "
    "one." },
  [STN_FAILURE_LOCKED_OUT] = {
    "locked-out", GATE, OPERATOR, "Too many wrong PINs. Wait, then try again.",
    "Wait for the time that is said, then type the PIN again.",
    "Three or more wrong PINs were typed for this badge one after another, so the station"
    " does not listen to it for a while: 30 seconds, doubled with each further wrong one,"
    " at most 15 minutes. It ends by itself." },
  [STN_FAILURE_FAILED_BOARD_OPEN] = {
    "failed-board-open", GATE, OPERATOR, "A failed board is still open. Retry or bin it.",
    "Retry the failed board, or put it in the bin and scan the bin.",
    "Every board that failed is either run again or put into a bin before the next cycle "
    "may start, so that none goes on down the line with the good ones. The same holds for"
    " a board whose run has no result." },
  [STN_FAILURE_LOT_UNBALANCED] = {
    "lot-unbalanced", GATE, OPERATOR, "Boards of this lot are missing. Find them first.",
    "Finish, bin or remove each board that is listed, then end the lot.",
    "A lot ends when every board that was started in it has passed, was binned or was "
    "taken out with a reason. The message lists the boards that are none of these: failed"
    " ones that were neither repeated nor binned, boards whose run was cut short, boards "
    "that only met an error of the station." },
  [STN_FAILURE_LOT_CLOSED] = {
    "lot-closed", GATE, ENGINEER, "This lot has ended already. Scan another lot.",
    "Scan another lot; a supervisor can open an ended one again.",
    "The lot was ended and its numbers were reported. Taking it up again would change "
    "them, so a supervisor has to unlock the station first; the reopening is an audit "
    "row." },
  [STN_FAILURE_WRONG_SCAN] = {
    "wrong-scan", GATE, OPERATOR, "That code does not belong here. Scan another one.",
    "Scan what the station asks for.",
    "A code was read that nothing here expects: no serial of the job's pattern, no "
    "command, no known badge, or a serial that was scanned already. The message says what"
    " was read and what was expected. Nothing was changed." },
  [STN_FAILURE_NOT_READY] = {
    "not-ready", GATE, OPERATOR, "The station is not ready for that yet.",
    "Do what the station asks for first.",
    "What was asked for comes later, or earlier: nobody is signed in, no job or lot is "
    "open, a cycle is running, or nothing is there that it could be done to. The message "
    "says which. Nothing was changed." },
};

const StnFailureRow *
stn_failure_row (StnFailure failure)
{
  /* a value from outside the enumeration is a slip of ours, and must not look like "none" */
  if ((guint) failure >= STN_FAILURE_COUNT)
    return &failure_rows[STN_FAILURE_INTERNAL];
  return &failure_rows[failure];
}

char *
stn_failure_operator_text (StnFailure failure, const char *site_name)
{
  const char *sentence = stn_failure_row (failure)->operator_sentence;
  const char *place = strstr (sentence, "%s");
  if (place == NULL)
    return g_strdup (sentence);
  return g_strdup_printf ("%.*s%s%s", (int) (place - sentence), sentence, site_name != NULL ? site_name : "this site",
                          place + 2);
}

const char *
stn_failure_name (StnFailure failure)
{
  return stn_failure_row (failure)->name;
}

StnFailure
stn_failure_from_name (const char *name)
{
  if (name == NULL)
    return STN_FAILURE_NONE;
  for (int i = STN_FAILURE_NONE + 1; i < STN_FAILURE_COUNT; i++)
    if (strcmp (failure_rows[i].name, name) == 0)
      return (StnFailure) i;
  return STN_FAILURE_NONE;
}

const char *
stn_failure_nearest_name (const char *name)
{
  if (name == NULL)
    return NULL;

  const char *names[STN_FAILURE_COUNT] = { NULL }; /* NULL-terminated: NONE has no name */
  for (int i = STN_FAILURE_NONE + 1; i < STN_FAILURE_COUNT; i++)
    names[i - 1] = failure_rows[i].name;
  return stn_text_nearest (name, names);
}

const char *
stn_blame_name (StnBlame blame)
{
  static const char *const names[] = {
    [STN_BLAME_UNIT] = "unit", [STN_BLAME_STATION] = "station", [STN_BLAME_INPUT] = "input",
    [STN_BLAME_GATE] = "gate", [STN_BLAME_NOBODY] = "nobody",
  };
  return (guint) blame < G_N_ELEMENTS (names) ? names[blame] : names[STN_BLAME_NOBODY];
}

const char *
stn_actor_name (StnActor actor)
{
  static const char *const names[] = {
    [STN_ACTOR_NOBODY] = "nobody",           [STN_ACTOR_OPERATOR] = "operator",     [STN_ACTOR_ENGINEER] = "engineer",
    [STN_ACTOR_MAINTENANCE] = "maintenance", [STN_ACTOR_REJECT_BIN] = "reject-bin",
  };
  return (guint) actor < G_N_ELEMENTS (names) ? names[actor] : names[STN_ACTOR_NOBODY];
}
