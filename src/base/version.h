/* The version of the product, said in one place: by the command line, the server and the library. */
#ifndef JIXIA_BASE_VERSION_H
#define JIXIA_BASE_VERSION_H
#define JIXIA_VERSION "0.1.0"
#endif
