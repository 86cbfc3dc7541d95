/*
 * A C library whose mathematics differ in the last digit from this machine's, as another machine's may: preloaded, it hands on
 * what the real functions give with the last bit flipped. No number of a result may notice (.ci/run compares).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

static double flip(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  /* Zero, infinities and what is no number are the same everywhere. */
  if (x == 0 || (bits >> 52 & 0x7ff) == 0x7ff) return x;
  bits ^= 1;
  memcpy(&x, &bits, sizeof bits);
  return x;
}

static float flipf(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (x == 0 || (bits >> 23 & 0xff) == 0xff) return x;
  bits ^= 1;
  memcpy(&x, &bits, sizeof bits);
  return x;
}

/* The real function of a name, found at its first call. */
#define REAL(type, name, ...)                                      \
  static type (*real)(__VA_ARGS__);                                \
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

#define ONE(name)                                                  \
  double name(double x) { REAL(double, #name, double); return flip(real(x)); }    \
  float name##f(float x) { REAL(float, #name "f", float); return flipf(real(x)); }

#define TWO(name)                                                  \
  double name(double x, double y) { REAL(double, #name, double, double); return flip(real(x, y)); } \
  float name##f(float x, float y) { REAL(float, #name "f", float, float); return flipf(real(x, y)); }

#define SINCOS(name, type, flip)                                   \
  void name(type x, type *sine, type *cosine) {                    \
    REAL(void, #name, type, type *, type *);                       \
    real(x, sine, cosine);                                         \
    *sine = flip(*sine);                                           \
    *cosine = flip(*cosine);                                       \
  }

ONE(exp) ONE(exp2) ONE(expm1) ONE(log) ONE(log2) ONE(log10) ONE(log1p) ONE(cbrt)
ONE(sin) ONE(cos) ONE(tan) ONE(asin) ONE(acos) ONE(atan)
ONE(sinh) ONE(cosh) ONE(tanh) ONE(asinh) ONE(acosh) ONE(atanh)
ONE(erf) ONE(erfc) ONE(lgamma) ONE(tgamma)
TWO(pow) TWO(hypot) TWO(atan2)
SINCOS(sincos, double, flip)
SINCOS(sincosf, float, flipf)
