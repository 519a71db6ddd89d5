# What we use of the TurboJPEG C API, version 2.x (Debian's libturbojpeg0-dev 2.1.5).

cdef extern from "turbojpeg.h" nogil:
    ctypedef void *tjhandle

    int TJSAMP_444
    int TJSAMP_422
    int TJSAMP_420
    int TJSAMP_GRAY
    int TJSAMP_440
    int TJSAMP_411

    int TJCS_YCbCr
    int TJCS_GRAY

    int TJPF_RGB

    int TJFLAG_ACCURATEDCT
    int TJFLAG_LIMITSCANS
    int TJFLAG_STOPONWARNING

    int TJERR_WARNING

    tjhandle tjInitDecompress()
    int tjDestroy(tjhandle handle)
    int tjDecompressHeader3(tjhandle handle, const unsigned char *jpeg, unsigned long size,
                            int *width, int *height, int *subsamp, int *colourspace)
    int tjPlaneWidth(int component, int width, int subsamp)
    int tjPlaneHeight(int component, int height, int subsamp)
    int tjDecompressToYUVPlanes(tjhandle handle, const unsigned char *jpeg, unsigned long size,
                                unsigned char **planes, int width, int *strides, int height, int flags)
    int tjDecompress2(tjhandle handle, const unsigned char *jpeg, unsigned long size, unsigned char *out,
                      int width, int pitch, int height, int pixel_format, int flags)
    char *tjGetErrorStr2(tjhandle handle)
    int tjGetErrorCode(tjhandle handle)
