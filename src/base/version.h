/* The version of the product in one place, for the command line, the server and the library. */
#ifndef JIXIA_BASE_VERSION_H
#define JIXIA_BASE_VERSION_H
#define JIXIA_VERSION "0.1.0"
#endif
